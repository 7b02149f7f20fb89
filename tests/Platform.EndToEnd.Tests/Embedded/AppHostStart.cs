using Platform.AppHost.Embedded.Servers;

namespace Platform.EndToEnd.Tests.Embedded;

/// <summary>How to start the AppHost.</summary>
/// <param name="Folder">The test's folder; the data goes below it.</param>
internal sealed record AppHostStart(string Folder)
{
    public int? Days { get; init; }

    public bool Fresh { get; init; }

    public int Port { get; init; } = LoopbackPort.Free();

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string Data => Path.Combine(Folder, "data");
}
