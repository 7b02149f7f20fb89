using System.Globalization;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Profiles;

/// <summary>Reads one profile of a profiles.yml: the target's name first, then only that target, so that others may use variables that are not set.</summary>
internal sealed class ProfileReader(SourceFile file, IReadOnlyDictionary<string, object?> vars)
{
    private const string DefaultTarget = "default";

    private readonly SecretRenderer _renderer = new(vars);

    /// <summary>The profiles by name; empty when the file is.</summary>
    /// <exception cref="TransformException">The file is not valid YAML.</exception>
    public static IReadOnlyDictionary<string, YamlValue> Profiles(SourceFile file)
    {
        var errors = new ProjectErrors();
        var yaml = YamlValue.Read(file, errors);
        errors.ThrowIfAny();
        return yaml?.Map ?? new Dictionary<string, YamlValue>();
    }

    /// <param name="name">The profile's name.</param>
    /// <param name="profile">Its entry.</param>
    /// <param name="target">The target that was asked for; null means the profile's own.</param>
    /// <exception cref="TransformException">The profile has no such target, or the target lacks something.</exception>
    public PostgresProfile Read(string name, YamlValue profile, string? target)
    {
        if (profile["outputs"]?.Map is not { } outputs)
        {
            throw new TransformException(profile.At, $"outputs not specified in profile '{name}'. Give it 'outputs' with at least one target.");
        }

        target ??= profile["target"] is { } own ? _renderer.Render(own, "target")?.ToString() : null;
        target ??= DefaultTarget;
        if (!outputs.TryGetValue(target, out var output))
        {
            throw new TransformException(
                profile["outputs"]!.At,
                $"The profile '{name}' does not have a target named '{target}'. The valid target names for this profile are:\n"
                + string.Join('\n', outputs.Keys.Select(key => $" - {key}")));
        }

        if (_renderer.Render(output, target) is not Dictionary<string, object?> values)
        {
            throw new TransformException(output.At, $"output '{target}' of profile '{name}' is misconfigured in {file.Path}: it must be a mapping.");
        }

        return Credentials(name, target, output.At, values);
    }

    private static PostgresProfile Credentials(string name, string target, SourceLocation at, Dictionary<string, object?> values)
    {
        var type = Optional("type") ?? throw new TransformException(at, $"required field \"type\" not found in profile {name} and target {target}");
        if (type is not ("postgres" or "redshift"))
        {
            throw new TransformException(
                at, $"target '{target}' of profile '{name}' is of type '{type}'. Only 'postgres' can be built here: choose another target with --target.");
        }

        var missing = new[] { ("host", null), ("user", null), ("password", "pass"), ("dbname", "database"), ("schema", (string?)null) }
            .Where(field => Optional(field.Item1) is null && (field.Item2 is null || Optional(field.Item2) is null))
            .Select(field => $"'{field.Item1}'").ToList();
        if (missing.Count > 0)
        {
            throw new TransformException(
                at, $"Credentials in profile \"{name}\", target \"{target}\" invalid: {string.Join(", ", missing)} is a required property");
        }

        return new PostgresProfile
        {
            ProfileName = name,
            TargetName = target,
            Host = Optional("host")!,
            User = Optional("user")!,
            Password = Optional("password") ?? Optional("pass")!,
            Database = Optional("dbname") ?? Optional("database")!,
            Schema = Optional("schema")!,
            Port = Number("port", 5432),
            Threads = Number("threads", 1),
            ConnectTimeout = Number("connect_timeout", 10),
            KeepalivesIdle = Number("keepalives_idle", 0),
            Retries = Number("retries", 1),
            Role = Optional("role"),
            SearchPath = Optional("search_path"),
            SslMode = Optional("sslmode"),
            SslCertificate = Optional("sslcert"),
            SslKey = Optional("sslkey"),
            SslRootCertificate = Optional("sslrootcert"),
            ApplicationName = Optional("application_name") ?? "dbt",
            AutoCommit = values.GetValueOrDefault("autocommit") is true,
            At = at,
        };

        string? Optional(string key) => values.GetValueOrDefault(key) switch
        {
            null => null,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            var other => other.ToString(),
        };

        int Number(string key, int otherwise) => Optional(key) is not { } text ? otherwise
            : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
            : throw new TransformException(
                at, $"Credentials in profile \"{name}\", target \"{target}\" invalid: '{text}' is not of type 'integer' ({key})");
    }
}
