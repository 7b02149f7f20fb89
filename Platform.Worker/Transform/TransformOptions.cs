using System.ComponentModel.DataAnnotations;
using Platform.ServiceDefaults;

namespace Platform.Worker.Transform;

/// <summary>Section <c>Transform</c>: where the dbt project is and how it is built.</summary>
internal sealed record TransformOptions
{
    public const string Section = "Transform";

    /// <summary>Folder with dbt_project.yml. Default <c>analytics</c> beside the program.</summary>
    [Required]
    public string ProjectDirectory { get; init; } = Path.Combine(AppContext.BaseDirectory, "analytics");

    /// <summary>Connections on which nodes run side by side. Default 4.</summary>
    [Range(1, 64)]
    public int Threads { get; init; } = 4;

    /// <summary>Name of the target, as <c>target.name</c> shows it to macros. Default <c>prod</c>.</summary>
    [Required]
    public string Target { get; init; } = "prod";

    /// <summary>Schema that readers see: <c>target.schema</c>. Default <c>analytics</c>.</summary>
    [Required]
    public string Schema { get; init; } = WarehouseNames.Analytics;

    /// <summary>Schema that a build fills before it is published; emptied by the next build. Default <c>candidate</c>.</summary>
    [Required]
    public string CandidateSchema { get; init; } = WarehouseNames.Candidate;

    /// <summary>Variables of every build; they override those of dbt_project.yml. Default none.</summary>
    public IReadOnlyDictionary<string, string> Vars { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The longest that publishing waits for locks that readers hold, in milliseconds and for all of them together, before it steps back and lets waiting readers pass.
    /// Default 100.
    /// </summary>
    [Range(1, 60_000)]
    public int PublishLockTimeoutMilliseconds { get; init; } = 100;

    /// <summary>How long publishing goes on trying to get its locks, in seconds, before the build fails as an outage. Default 120.</summary>
    [Range(1, 3600)]
    public int PublishPatienceSeconds { get; init; } = 120;
}
