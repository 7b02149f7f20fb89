namespace Platform.Worker.Transform.Packages;

/// <summary>What <c>deps</c> is asked to do (https://docs.getdbt.com/reference/commands/deps).</summary>
internal sealed record DepsRequest
{
    /// <summary>The folder that holds dbt_project.yml.</summary>
    public required string ProjectDirectory { get; init; }

    /// <summary>Resolves again although package-lock.yml answers the request as it is.</summary>
    public bool Upgrade { get; init; }

    /// <summary>Writes package-lock.yml and installs nothing.</summary>
    public bool LockOnly { get; init; }

    /// <summary>A package to add to packages.yml first: <c>name@version</c>, the version being one or several separated by commas.</summary>
    public string? AddPackage { get; init; }

    /// <summary>What <see cref="AddPackage"/> names: hub, git or local.</summary>
    public string Source { get; init; } = "hub";

    /// <summary>Variables for Jinja in the files.</summary>
    public IReadOnlyDictionary<string, object?> Vars { get; init; } = new Dictionary<string, object?>();

    /// <summary>Passes over hub versions that do not allow the dbt version spoken here.</summary>
    public bool VersionCheck { get; init; } = true;

    /// <summary>Where to install instead of the project's packages-install-path.</summary>
    public string? InstallPath { get; init; }
}

/// <summary>A line that <c>deps</c> prints, with the name of dbt's event for structured logs.</summary>
internal sealed record DepsMessage(LogLevel Level, string Name, string Text);
