namespace Platform.Worker.Transform.Project;

/// <summary>dbt_project.yml (https://docs.getdbt.com/reference/dbt_project.yml).</summary>
internal sealed record ProjectFile
{
    public const string FileName = "dbt_project.yml";

    public required string Name { get; init; }

    public string Version { get; init; } = "";

    public required IReadOnlyList<string> ModelPaths { get; init; }

    public required IReadOnlyList<string> SeedPaths { get; init; }

    public required IReadOnlyList<string> TestPaths { get; init; }

    public required IReadOnlyList<string> MacroPaths { get; init; }

    public required IReadOnlyList<string> AnalysisPaths { get; init; }

    public required IReadOnlyList<string> SnapshotPaths { get; init; }

    public required IReadOnlyList<string> DocsPaths { get; init; }

    public required string PackagesPath { get; init; }

    public required ConfigTree Models { get; init; }

    public required ConfigTree Seeds { get; init; }

    public required ConfigTree Tests { get; init; }

    public required ConfigTree Sources { get; init; }

    public IReadOnlyDictionary<string, object?> Vars { get; init; } = new Dictionary<string, object?>();

    public IReadOnlyList<string> OnRunStart { get; init; } = [];

    public IReadOnlyList<string> OnRunEnd { get; init; } = [];

    /// <summary>macro_namespace → the packages searched for it, first hit wins.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Dispatch { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public required SourceLocation At { get; init; }

    public static ProjectFile? Read(SourceFile file, ProjectErrors errors)
    {
        if (YamlValue.Read(file, errors) is not { } yaml)
        {
            if (!errors.Any)
            {
                errors.Add(file.At(), "the project file is empty. It needs at least 'name'.");
            }

            return null;
        }

        if (yaml.RequiredText("name", "the project", errors) is not { } name)
        {
            return null;
        }

        var models = Paths("model-paths", "models");
        return new ProjectFile
        {
            Name = name,
            Version = yaml.Text("version") ?? "",
            ModelPaths = models,
            SeedPaths = Paths("seed-paths", "seeds"),
            TestPaths = Paths("test-paths", "tests"),
            MacroPaths = Paths("macro-paths", "macros"),
            AnalysisPaths = Paths("analysis-paths", "analyses"),
            SnapshotPaths = Paths("snapshot-paths", "snapshots"),
            DocsPaths = Paths("docs-paths"),
            PackagesPath = yaml.Text("packages-install-path") ?? "dbt_packages",
            Models = new ConfigTree(yaml["models"]),
            Seeds = new ConfigTree(yaml["seeds"]),
            Tests = new ConfigTree(yaml["data_tests"] ?? yaml["tests"]),
            Sources = new ConfigTree(yaml["sources"]),
            Vars = yaml["vars"]?.Plain() as Dictionary<string, object?> ?? [],
            OnRunStart = Texts(yaml["on-run-start"]),
            OnRunEnd = Texts(yaml["on-run-end"]),
            Dispatch = ReadDispatch(yaml, errors),
            At = file.At(),
        };

        IReadOnlyList<string> Paths(string key, params string[] defaults) => yaml[key] is { } value ? Texts(value) : defaults;
    }

    private static IReadOnlyList<string> Texts(YamlValue? value) =>
        value?.Items?.Select(item => item.AsText() ?? "").ToList() ?? (value?.AsText() is { } single ? [single] : []);

    private static Dictionary<string, IReadOnlyList<string>> ReadDispatch(YamlValue yaml, ProjectErrors errors)
    {
        var dispatch = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var entry in yaml.List("dispatch", errors))
        {
            if (entry.RequiredText("macro_namespace", "a dispatch entry", errors) is { } macroNamespace)
            {
                dispatch[macroNamespace] = Texts(entry["search_order"]);
            }
        }

        return dispatch;
    }
}
