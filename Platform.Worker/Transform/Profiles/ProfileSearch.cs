using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Profiles;

/// <summary>Where profiles.yml is looked for and which profile is wanted.</summary>
internal sealed record ProfileSearch
{
    public const string FileName = "profiles.yml";

    /// <summary>Folder of dbt_project.yml.</summary>
    public required string ProjectDirectory { get; init; }

    /// <summary><c>profile:</c> of dbt_project.yml.</summary>
    public string? ProjectProfile { get; init; }

    /// <summary>--profiles-dir or DBT_PROFILES_DIR: then nowhere else is looked.</summary>
    public string? ProfilesDirectory { get; init; }

    /// <summary>--profile or DBT_PROFILE.</summary>
    public string? Profile { get; init; }

    /// <summary>--target or DBT_TARGET.</summary>
    public string? Target { get; init; }

    /// <summary>--vars, which templates in profiles.yml may read.</summary>
    public IReadOnlyDictionary<string, object?> Vars { get; init; } = new Dictionary<string, object?>();

    /// <summary>The profile's name, when one is known.</summary>
    public string? Name => Profile ?? ProjectProfile;

    /// <summary>The folders that are looked in, in this order.</summary>
    public IReadOnlyList<string> Directories => ProfilesDirectory is { } given
        ? [Path.GetFullPath(given)]
        : [.. new[]
        {
            Environment.CurrentDirectory,
            Path.GetFullPath(ProjectDirectory),
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dbt"),
        }.Distinct()];

    /// <summary>
    /// The profile; null when nothing asks for one by name or place and no profiles.yml has it, so that the platform's connection serves.
    /// </summary>
    /// <exception cref="TransformException">A profile or target that was asked for does not exist, or is incomplete.</exception>
    public PostgresProfile? Find()
    {
        var seen = new List<(string Path, IReadOnlyDictionary<string, YamlValue> Profiles)>();
        foreach (var path in Directories.Select(directory => Path.Combine(directory, FileName)).Where(File.Exists))
        {
            var file = new SourceFile(path, path, File.ReadAllText(path), default);
            var profiles = ProfileReader.Profiles(file);
            if (Name is not null && profiles.TryGetValue(Name, out var profile))
            {
                return new ProfileReader(file, Vars).Read(Name, profile, Target);
            }

            seen.Add((path, profiles));
        }

        return ProfilesDirectory is null && Profile is null && Target is null ? null : throw NotFound(seen);
    }

    /// <summary>The error of a search that found nothing and had to.</summary>
    /// <param name="otherwise">What else would do, for the message.</param>
    public TransformException NotFound(string otherwise) => NotFound(
        [.. Directories.Select(directory => Path.Combine(directory, FileName)).Where(File.Exists)
            .Select(path => (path, ProfileReader.Profiles(new SourceFile(path, path, File.ReadAllText(path), default))))],
        otherwise);

    private TransformException NotFound(List<(string Path, IReadOnlyDictionary<string, YamlValue> Profiles)> seen, string otherwise = "")
    {
        if (Name is null)
        {
            return new TransformException(
                new SourceLocation(ProjectFile.FileName),
                $"no profile was specified for this dbt project. Add 'profile: <name>' to {ProjectFile.FileName}, or give --profile.{otherwise}");
        }

        var known = seen.Count == 0
            ? $"There is no {FileName} in {string.Join(", ", Directories)}. Write one, or say where it is with --profiles-dir."
            : string.Join(' ', seen.Select(file => file.Profiles.Count == 0
                ? $"{file.Path} is empty."
                : $"{file.Path} has: {string.Join(", ", file.Profiles.Keys.Where(key => key != "config"))}."));
        return new TransformException(new SourceLocation(seen.Count > 0 ? seen[0].Path : FileName), $"Could not find profile named '{Name}'. {known}{otherwise}");
    }
}
