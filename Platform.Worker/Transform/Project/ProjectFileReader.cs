using System.Text.RegularExpressions;
using Platform.Worker.Transform.Packages;

namespace Platform.Worker.Transform.Project;

/// <summary>Reads dbt_project.yml and vars.yml: renders what dbt renders, checks the version, reports what cannot be.</summary>
internal sealed partial class ProjectFileReader(ProjectContext context, ProjectErrors errors)
{
    private static readonly HashSet<string> KnownKeys =
    [
        "name", "version", "config-version", "profile", "project-root", "source-paths", "model-paths", "macro-paths", "data-paths", "seed-paths",
        "test-paths", "analysis-paths", "docs-paths", "asset-paths", "target-path", "snapshot-paths", "function-paths", "clean-targets", "log-path",
        "packages-install-path", "quoting", "on-run-start", "on-run-end", "require-dbt-version", "dispatch", "models", "seeds", "snapshots",
        "analyses", "sources", "tests", "data_tests", "unit_tests", "metrics", "semantic-models", "semantic_models", "saved-queries",
        "saved_queries", "exposures", "functions", "vars", "packages", "query-comment", "restrict-access", "dbt-cloud", "flags", "macros", "groups",
    ];

    private static readonly string[] Mappings =
    [
        "models", "seeds", "snapshots", "analyses", "sources", "tests", "data_tests", "unit_tests", "metrics", "semantic-models", "saved-queries",
        "exposures", "quoting", "dbt-cloud",
    ];

    public ProjectFile? Read(SourceFile file, SourceFile? varsFile)
    {
        if (YamlValue.Read(file, errors) is not { } written)
        {
            if (!errors.Any)
            {
                errors.Add(file.At(), "the project file is empty. It needs at least 'name'.");
            }

            return null;
        }

        if (written.Map is null || written.RequiredText("name", "the project", errors) is not { } name)
        {
            return null;
        }

        var vars = ReadVars(written, varsFile);
        var yaml = new YamlTemplates(context.WithVars(vars, varsFile is not null), errors).Render(written, IsLate);
        Check(yaml, name);
        return new ProjectFile
        {
            Name = name,
            Version = yaml.Text("version") ?? "",
            Profile = written.Text("profile"),
            ModelPaths = Paths("model-paths", "source-paths", ["models"]),
            SeedPaths = Paths("seed-paths", "data-paths", ["seeds"]),
            TestPaths = Paths("test-paths", null, ["tests"]),
            MacroPaths = Paths("macro-paths", null, ["macros"]),
            AnalysisPaths = Paths("analysis-paths", null, ["analyses"]),
            SnapshotPaths = Paths("snapshot-paths", null, ["snapshots"]),
            DocsPaths = Paths("docs-paths", null, []),
            AssetPaths = Paths("asset-paths", null, []),
            PackagesPath = yaml.Text("packages-install-path") ?? "dbt_packages",
            TargetPath = yaml.Text("target-path") ?? "target",
            LogPath = yaml.Text("log-path") ?? "logs",
            CleanTargets = yaml["clean-targets"] is { } targets ? YamlValue.Texts(targets) : [yaml.Text("target-path") ?? "target"],
            Configs = new ConfigTrees(yaml),
            UnrenderedConfigs = new ConfigTrees(written),
            Vars = vars,
            OnRunStart = YamlValue.Texts(yaml["on-run-start"]),
            OnRunEnd = YamlValue.Texts(yaml["on-run-end"]),
            Dispatch = ReadDispatch(yaml),
            Quoting = (yaml["quoting"]?.Map ?? new Dictionary<string, YamlValue>()).Where(entry => entry.Value.Scalar is bool)
                .ToDictionary(entry => entry.Key, entry => (bool)entry.Value.Scalar!),
            Flags = yaml.PlainMap("flags", errors),
            QueryComment = ReadComment(yaml),
            RestrictAccess = yaml.Flag("restrict-access") is true,
            RequiredVersions = YamlValue.Texts(yaml["require-dbt-version"]),
            Definition = yaml,
            At = file.At(),
        };

        IReadOnlyList<string> Paths(string key, string? oldKey, IReadOnlyList<string> defaults)
        {
            var value = yaml[key] ?? (oldKey is null ? null : yaml[oldKey]);
            return value is null ? defaults : [.. Flatten(value).Select(path => path.TrimEnd('/')).Distinct()];
        }
    }

    /// <summary>Texts of a list, lists in it flattened.</summary>
    private static IEnumerable<string> Flatten(YamlValue value) =>
        value.Items is { } items ? items.SelectMany(Flatten) : value.AsText() is { } text ? [text] : [];

    private Dictionary<string, object?> ReadVars(YamlValue written, SourceFile? varsFile)
    {
        var inProject = written.PlainMap("vars", errors);
        if (varsFile is null || YamlValue.Read(varsFile, errors) is not { } yaml)
        {
            return inProject;
        }

        var inFile = yaml.PlainMap("vars", errors);
        if (inFile.Count > 0 && inProject.Count > 0)
        {
            errors.Add(written["vars"]!.At, "variables are set in vars.yml and in dbt_project.yml. Keep them in one of the two.");
        }

        return inFile.Count > 0 ? inFile : inProject;
    }

    private void Check(YamlValue yaml, string name)
    {
        foreach (var required in YamlValue.Texts(yaml["require-dbt-version"]).SelectMany(text => text.Split(',')))
        {
            CheckVersion(required, name, yaml["require-dbt-version"]!.At);
        }

        if (yaml["config-version"] is { } version && version.AsText() != "2")
        {
            errors.Add(version.At, $"'config-version' is {version.AsText()}; only 2 is read. Write 'config-version: 2'.");
        }

        CheckTypes(yaml);
        CheckPaths(yaml);
        if (!name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_') || char.IsAsciiDigit(name[0]))
        {
            errors.Add(yaml["name"]!.At, $"'{name}' is no name of a project: letters, digits and underscores, not starting with a digit.");
        }

        foreach (var (key, value) in yaml.Map!.Where(entry => !KnownKeys.Contains(entry.Key)))
        {
            errors.Add(value.At, $"'{key}' is no setting of a project. Correct its name, or remove it.");
        }
    }

    /// <summary>Settings of folders that have another name by now, or that are given with the command.</summary>
    private void CheckPaths(YamlValue yaml)
    {
        foreach (var (key, current, name) in new[] { ("source-paths", "model-paths", "ConfigSourcePathDeprecation"), ("data-paths", "seed-paths", "ConfigDataPathDeprecation") })
        {
            if (yaml[key] is { } old)
            {
                errors.Warn(old.At, name, $"'{key}' is '{current}' by now. Rename it.");
                if (yaml.Has(current))
                {
                    errors.Add(old.At, $"'{key}' and '{current}' are the same setting. Keep '{current}'.");
                }
            }
        }

        foreach (var (key, folder, name) in new[] { ("log-path", "logs", "ConfigLogPathDeprecation"), ("target-path", "target", "ConfigTargetPathDeprecation") })
        {
            if (yaml[key] is { } given && given.AsText() != folder)
            {
                errors.Warn(given.At, name, $"'{key}' belongs to the command: give --{key} or set DBT_{key.Replace('-', '_').ToUpperInvariant()}, and remove it here.");
            }
        }
    }

    /// <summary>Settings of another type than dbt's schema of a project says; in dbt's words, which tools look for, with what is right.</summary>
    private void CheckTypes(YamlValue yaml)
    {
        if (yaml["version"] is { Scalar: not (long or double) } version && (version.AsText() is not { } text || !ProjectVersion().IsMatch(text)))
        {
            Refuse(version, "version", "A version is numbers with dots: 1.0.0.");
        }

        foreach (var key in Mappings.Where(key => yaml[key] is { Map: null }))
        {
            Refuse(yaml[key]!, key, "It must be a mapping.");
        }

        if (yaml["restrict-access"] is { Scalar: not bool } restricts)
        {
            Refuse(restricts, "restrict-access", "It must be true or false.");
        }

        if (yaml["tests"] is { Map.Count: > 0 } tests && yaml["data_tests"] is { Map.Count: > 0 })
        {
            errors.Add(tests.At, "Invalid project config: cannot have both 'tests' and 'data_tests' defined. Keep 'data_tests'.");
        }

        void Refuse(YamlValue value, string key, string remedy) =>
            errors.Add(value.At, $"at path ['{key}']: {Jinja.Values.Value.FromClr(value.Plain()).Repr()} is not valid under any of the given schemas. {remedy}");
    }

    private void CheckVersion(string required, string name, SourceLocation at)
    {
        try
        {
            if (!VersionConstraint.Parse(required).Allows(DbtVersion.Number))
            {
                errors.Add(at, $"project '{name}' needs dbt {required.Trim()}, and this engine behaves as dbt {DbtVersion.Text}. Widen 'require-dbt-version'.");
            }
        }
        catch (FormatException fault)
        {
            errors.Add(at, $"'require-dbt-version' of project '{name}': {fault.Message}");
        }
    }

    private Dictionary<string, IReadOnlyList<string>> ReadDispatch(YamlValue yaml)
    {
        var dispatch = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var entry in yaml.List("dispatch", errors))
        {
            if (entry.RequiredText("macro_namespace", "a dispatch entry", errors) is { } macroNamespace)
            {
                dispatch[macroNamespace] = YamlValue.Texts(entry["search_order"]);
            }
        }

        return dispatch;
    }

    private static QueryComment ReadComment(YamlValue yaml) => (yaml.Has("query-comment"), yaml["query-comment"]) switch
    {
        (false, _) => QueryComment.Default,
        (_, { Map: not null } settings) => new QueryComment(settings.Has("comment") ? settings.Text("comment") ?? "" : null, settings.Flag("append") is true),
        (_, var text) => new QueryComment(text?.AsText() ?? "", false),
    };

    /// <summary>What is rendered when it runs, not when it is read.</summary>
    private static bool IsLate(List<string> path) =>
        path[0] is "on-run-start" or "on-run-end" or "query-comment" or "vars"
        || (path[0] is "models" or "seeds" or "snapshots" or "tests" or "data_tests"
            && path.Any(step => step.TrimStart('+', ' ') is "pre-hook" or "post-hook" or "pre_hook" or "post_hook"));

    [GeneratedRegex(@"^\d+\.\d+(\.\d+(-[0-9a-zA-Z.-]+)?(\+[0-9a-zA-Z.-]+)?)?$")]
    private static partial Regex ProjectVersion();
}
