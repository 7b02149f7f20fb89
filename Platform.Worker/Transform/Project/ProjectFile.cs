namespace Platform.Worker.Transform.Project;

/// <summary>dbt_project.yml (https://docs.getdbt.com/reference/dbt_project.yml), its Jinja rendered.</summary>
internal sealed record ProjectFile
{
    public const string FileName = "dbt_project.yml";

    public required string Name { get; init; }

    public string Version { get; init; } = "";

    /// <summary>The profile in profiles.yml, as written.</summary>
    public string? Profile { get; init; }

    public required IReadOnlyList<string> ModelPaths { get; init; }

    public required IReadOnlyList<string> SeedPaths { get; init; }

    public required IReadOnlyList<string> TestPaths { get; init; }

    public required IReadOnlyList<string> MacroPaths { get; init; }

    public required IReadOnlyList<string> AnalysisPaths { get; init; }

    public required IReadOnlyList<string> SnapshotPaths { get; init; }

    /// <summary>Where docs blocks are; empty means everywhere resources are.</summary>
    public required IReadOnlyList<string> DocsPaths { get; init; }

    /// <summary>Folders whose files the documentation site carries along.</summary>
    public IReadOnlyList<string> AssetPaths { get; init; } = [];

    public required string PackagesPath { get; init; }

    /// <summary>Folder of artifacts and compiled SQL, below the project. Default <c>target</c>.</summary>
    public string TargetPath { get; init; } = "target";

    /// <summary>Folder of dbt.log. Default <c>logs</c>.</summary>
    public string LogPath { get; init; } = "logs";

    /// <summary>What <c>clean</c> removes. Default: the target path.</summary>
    public IReadOnlyList<string> CleanTargets { get; init; } = ["target"];

    /// <summary><c>+config</c>s of every kind of resource.</summary>
    public required ConfigTrees Configs { get; init; }

    /// <summary>The same with Jinja as written, for comparing states.</summary>
    public required ConfigTrees UnrenderedConfigs { get; init; }

    /// <summary>Of vars.yml or of <c>vars:</c>, Jinja in it not rendered.</summary>
    public IReadOnlyDictionary<string, object?> Vars { get; init; } = new Dictionary<string, object?>();

    public IReadOnlyList<string> OnRunStart { get; init; } = [];

    public IReadOnlyList<string> OnRunEnd { get; init; } = [];

    /// <summary>macro_namespace → the packages searched for it, first hit wins.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Dispatch { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary><c>quoting:</c> database, schema, identifier: null where nothing is said.</summary>
    public IReadOnlyDictionary<string, bool> Quoting { get; init; } = new Dictionary<string, bool>();

    /// <summary>Behaviour flags and the defaults of global options (https://docs.getdbt.com/reference/global-configs/about-global-configs).</summary>
    public IReadOnlyDictionary<string, object?> Flags { get; init; } = new Dictionary<string, object?>();

    public QueryComment QueryComment { get; init; } = QueryComment.Default;

    /// <summary>True when other projects may not use models that are private or protected.</summary>
    public bool RestrictAccess { get; init; }

    public IReadOnlyList<string> RequiredVersions { get; init; } = [];

    /// <summary>The whole file, rendered.</summary>
    public required YamlValue Definition { get; init; }

    public required SourceLocation At { get; init; }

    /// <summary>Reads it for a verb that needs no target and no variables: those that are not there render as nothing.</summary>
    public static ProjectFile? Read(SourceFile file, ProjectErrors errors) => new ProjectFileReader(ProjectContext.Lenient, errors).Read(file, null);

    public bool Flag(string name) => Flags.TryGetValue(name, out var value) && value is true;

    /// <summary>Changes of environment and variables are no changes of a configuration: <c>state:modified</c> compares it as written, also in SQL.</summary>
    public bool ComparesUnrendered => Flag("state_modified_compare_more_unrendered_values");
}

/// <summary>The comment put before or after every statement (https://docs.getdbt.com/reference/project-configs/query-comment).</summary>
/// <param name="Comment">Text with Jinja, rendered per statement; empty for none, null for dbt's own.</param>
/// <param name="Append">After the statement instead of before it.</param>
internal sealed record QueryComment(string? Comment, bool Append)
{
    public static readonly QueryComment Default = new(null, false);
}
