using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Verbs;

/// <summary>What a verb has to know of dbt_project.yml before the project is parsed: its profile, its flags and its folders.</summary>
internal sealed record ProjectHeader
{
    public required string Directory { get; init; }

    /// <summary>There is no dbt_project.yml in the folder.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>What is wrong with the file, for verbs that only look; null when nothing is.</summary>
    public string? Fault { get; init; }

    public string? Name { get; init; }

    public string? Profile { get; init; }

    public string TargetPath { get; init; } = "target";

    public string LogPath { get; init; } = "logs";

    public string PackagesPath { get; init; } = "dbt_packages";

    public IReadOnlyList<string> CleanTargets { get; init; } = ["target"];

    /// <summary>All folders that hold what people wrote: never cleaned.</summary>
    public IReadOnlyList<string> SourcePaths { get; init; } = [];

    /// <summary><c>flags:</c>, keys in lower case.</summary>
    public IReadOnlyDictionary<string, object?> Flags { get; init; } = new Dictionary<string, object?>();

    /// <summary>The nearest folder with a dbt_project.yml, from here upwards; null when there is none.</summary>
    public static string? Nearest(string directory)
    {
        for (var current = Path.GetFullPath(directory); current is not null; current = Path.GetDirectoryName(current))
        {
            if (File.Exists(Path.Combine(current, ProjectFile.FileName)))
            {
                return current;
            }
        }

        return null;
    }

    /// <summary>The same for a verb that tells what is wrong with the file instead of ending at it.</summary>
    public static ProjectHeader Examine(string directory, IReadOnlyDictionary<string, object?> vars)
    {
        var path = Path.Combine(directory, ProjectFile.FileName);
        if (!File.Exists(path))
        {
            return new ProjectHeader { Directory = directory, IsAbsent = true };
        }

        try
        {
            var header = Read(directory, vars);
            var errors = new ProjectErrors();
            _ = new ProjectFileReader(ProjectContext.Lenient, errors).Read(new SourceFile(path, ProjectFile.FileName, File.ReadAllText(path), default), null);
            errors.ThrowIfAny();
            return header;
        }
        catch (TransformException fault)
        {
            return new ProjectHeader { Directory = directory, Fault = fault.Message };
        }
    }

    /// <exception cref="TransformException">There is no dbt_project.yml, or it is not valid YAML.</exception>
    public static ProjectHeader Read(string directory, IReadOnlyDictionary<string, object?> vars)
    {
        var path = Path.Combine(directory, ProjectFile.FileName);
        if (!File.Exists(path))
        {
            throw new TransformException(
                new SourceLocation(path),
                $"No dbt_project.yml found at expected path {path}. Go to the project's folder, or say where it is with --project-dir.");
        }

        var errors = new ProjectErrors();
        var yaml = YamlValue.Read(new SourceFile(path, ProjectFile.FileName, File.ReadAllText(path), default), errors);
        errors.ThrowIfAny();
        if (yaml?.Map is null)
        {
            throw new TransformException(
                new SourceLocation(ProjectFile.FileName, yaml is null ? 0 : 1), "the project file is not a mapping. Write settings in it, at least 'name: <project>' and 'profile: <profile>'.");
        }

        foreach (var key in new[] { "name", "profile", "target-path", "log-path", "packages-install-path" })
        {
            if (yaml[key] is { Scalar: null } wrong)
            {
                throw new TransformException(wrong.At, $"'{key}' must be a text.");
            }
        }

        var renderer = new SecretRenderer(vars);
        string? Text(string key) => yaml?[key] is { } value ? renderer.Render(value, key)?.ToString() : null;
        IReadOnlyList<string> Texts(string key, params string[] otherwise) => yaml?[key] switch
        {
            null => otherwise,
            { Items: { } items } => [.. items.Select(item => renderer.Render(item, key)?.ToString()).OfType<string>()],
            var single => renderer.Render(single, key)?.ToString() is { } text ? [text] : otherwise,
        };

        var target = Text("target-path") ?? "target";
        return new ProjectHeader
        {
            Directory = directory,
            Name = Text("name"),
            Profile = Text("profile"),
            TargetPath = target,
            LogPath = Text("log-path") ?? "logs",
            PackagesPath = Text("packages-install-path") ?? "dbt_packages",
            CleanTargets = Texts("clean-targets", target),
            SourcePaths =
            [
                .. Texts("model-paths", "models"), .. Texts("seed-paths", "seeds"), .. Texts("test-paths", "tests"), .. Texts("macro-paths", "macros"),
                .. Texts("analysis-paths", "analyses"), .. Texts("snapshot-paths", "snapshots"),
            ],
            Flags = yaml?["flags"]?.Plain() is Dictionary<string, object?> flags
                ? flags.ToDictionary(flag => flag.Key.ToLowerInvariant(), flag => flag.Value)
                : new Dictionary<string, object?>(),
        };
    }
}
