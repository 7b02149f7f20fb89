namespace Platform.Worker.Transform.Project;

/// <summary>A project and its files: the root project, an installed package, or the embedded global project "dbt".</summary>
internal sealed record Package(ProjectFile Project, SourceFile File, string Root, bool IsRoot)
{
    /// <summary>The embedded project whose macros every project can call, override and dispatch to.</summary>
    public const string GlobalName = "dbt";

    public string Name => Project.Name;

    public required IReadOnlyList<SourceFile> Models { get; init; }

    public required IReadOnlyList<SourceFile> Macros { get; init; }

    public required IReadOnlyList<SourceFile> Tests { get; init; }

    public required IReadOnlyList<SourceFile> Seeds { get; init; }

    public required IReadOnlyList<SourceFile> Properties { get; init; }

    public required IReadOnlyList<SourceFile> Docs { get; init; }
}
