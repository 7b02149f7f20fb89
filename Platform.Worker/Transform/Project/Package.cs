namespace Platform.Worker.Transform.Project;

/// <summary>A project and its files: the root project, an installed package, or the embedded global project "dbt".</summary>
internal sealed record Package(ProjectFile Project, SourceFile File, string Root, bool IsRoot)
{
    /// <summary>The embedded project whose macros every project can call, override and dispatch to.</summary>
    public const string GlobalName = "dbt";

    public string Name => Project.Name;

    public required IReadOnlyList<SourceFile> Models { get; init; }

    public required IReadOnlyList<SourceFile> Analyses { get; init; }

    public required IReadOnlyList<SourceFile> Snapshots { get; init; }

    /// <summary>Files of the macro folders and of tests/generic.</summary>
    public required IReadOnlyList<SourceFile> Macros { get; init; }

    /// <summary>Singular tests.</summary>
    public required IReadOnlyList<SourceFile> Tests { get; init; }

    public required IReadOnlyList<SourceFile> Seeds { get; init; }

    /// <summary>Rows for unit tests, below tests/fixtures.</summary>
    public required IReadOnlyList<SourceFile> Fixtures { get; init; }

    public required IReadOnlyList<SourceFile> Properties { get; init; }

    public required IReadOnlyList<SourceFile> Docs { get; init; }

    /// <summary>selectors.yml; null when there is none.</summary>
    public SourceFile? Selectors { get; init; }

    /// <summary>vars.yml; null when there is none.</summary>
    public SourceFile? VarsFile { get; init; }

    /// <summary>Every file that parsing reads.</summary>
    public IEnumerable<SourceFile> Files =>
    [
        .. Settings, .. Models, .. Analyses, .. Snapshots, .. Macros, .. Tests, .. Seeds, .. Fixtures, .. Properties, .. Docs,
    ];

    /// <summary>The files of the root folder, on which everything depends.</summary>
    public IEnumerable<SourceFile> Settings => ((SourceFile?[])[File, Selectors, VarsFile]).OfType<SourceFile>();
}
