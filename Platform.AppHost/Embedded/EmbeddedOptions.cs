namespace Platform.AppHost.Embedded;

/// <summary>What the command line asks for.</summary>
internal sealed record EmbeddedOptions
{
    /// <summary>Wipe the data first.</summary>
    public bool Fresh { get; init; }

    /// <summary>Days to catch up on start; null leaves it to the Worker.</summary>
    public int? Days { get; init; }

    /// <summary>The console's port; null takes 8080 or the next one that is free.</summary>
    public int? Port { get; init; }

    /// <summary>The data folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Show every log line of every child.</summary>
    public bool Verbose { get; init; }
}
