using System.Globalization;

namespace Platform.Worker.Transform.Packages;

/// <summary>One entry of a list of packages, in packages.yml, package-lock.yml or the hub's answer.</summary>
internal static class PackageSpecReader
{
    private static readonly string[] Kinds = ["package", "git", "local", "tarball", "private"];

    /// <param name="rendered">The entry's values.</param>
    /// <param name="written">The entry as it stands in the file, Jinja included.</param>
    /// <param name="at">Where it stands.</param>
    /// <exception cref="TransformException">The entry names no package, or lacks what its kind needs.</exception>
    public static PackageSpec Read(IReadOnlyDictionary<string, object?> rendered, IReadOnlyDictionary<string, object?> written, SourceLocation at)
    {
        var kind = Kinds.FirstOrDefault(rendered.ContainsKey)
            ?? throw new TransformException(at, $"the entry names no package. Write one of {string.Join(", ", Kinds)}.");
        var name = Text(rendered, kind);
        if (string.IsNullOrEmpty(name))
        {
            throw new TransformException(at, $"the {(kind == "package" ? "hub" : kind)} package has no value. Give '{kind}' one.");
        }

        return kind switch
        {
            "local" => new LocalPackage(at, name) { Declared = Declared(("local", name)) },
            "tarball" => new TarballPackage(at, name, Text(written, kind) ?? name, RequiredName(rendered, name, at))
            {
                Declared = Declared(("tarball", name), ("name", Text(rendered, "name"))),
            },
            "git" => Git(name, new Dictionary<string, object?> { ["git"] = Text(written, kind) ?? name }, []),
            "private" => Git(
                PrivateUrl(name, Text(rendered, "provider"), at),
                written.Where(entry => entry.Key is "private" or "provider").ToDictionary(entry => entry.Key, entry => entry.Value),
                [("provider", Text(rendered, "provider"))]),
            _ => Hub(name),
        };

        GitPackage Git(string url, IReadOnlyDictionary<string, object?> lockKeys, IEnumerable<(string, object?)> more)
        {
            var revision = rendered.GetValueOrDefault("revision");
            var warn = rendered.GetValueOrDefault("warn-unpinned", rendered.GetValueOrDefault("warn_unpinned"));
            var subdirectory = Text(rendered, "subdirectory")?.Trim('/');
            return new GitPackage(
                at, url, lockKeys, Text(rendered, "revision") is { Length: > 0 } text ? [text] : [], warn is not false,
                string.IsNullOrEmpty(subdirectory) ? null : subdirectory)
            {
                Declared = Declared(
                [
                    (kind, name), ("revision", revision), ("subdirectory", rendered.GetValueOrDefault("subdirectory")), ("warn-unpinned", warn), .. more,
                ]),
            };
        }

        HubPackage Hub(string package)
        {
            if (!package.Contains('/'))
            {
                throw new TransformException(
                    at, $"{package} was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils.");
            }

            var version = rendered.GetValueOrDefault("version");
            if (version is null or "" or List<object?> { Count: 0 })
            {
                throw new TransformException(at, $"{package} is missing the version. Give a hub package a 'version', such as \">=1.0.0\" or [\">=1.0.0\", \"<2.0.0\"].");
            }

            var prerelease = rendered.GetValueOrDefault("install_prerelease", rendered.GetValueOrDefault("install-prerelease"));
            return new HubPackage(at, package, Constraints(package, version, at), prerelease is true)
            {
                Declared = Declared(("package", package), ("version", version), ("install_prerelease", prerelease ?? false)),
            };
        }

        Dictionary<string, object?> Declared(params (string Key, object? Value)[] values)
        {
            var declared = values.ToDictionary(pair => pair.Key, pair => pair.Value);
            declared["unrendered"] = written;
            if (Text(rendered, "name") is { } projectName)
            {
                declared["name"] = projectName;
            }

            return declared;
        }
    }

    private static List<VersionConstraint> Constraints(string package, object version, SourceLocation at)
    {
        try
        {
            return (version as IEnumerable<object?> ?? [version])
                .SelectMany(item => (PlainText(item) ?? "").Split(',')).Select(VersionConstraint.Parse).ToList();
        }
        catch (FormatException fault)
        {
            throw new TransformException(at, $"{package}: {fault.Message}", fault);
        }
    }

    private static string RequiredName(IReadOnlyDictionary<string, object?> entry, string package, SourceLocation at) => Text(entry, "name")
        ?? throw new TransformException(at, $"the tarball package '{package}' has no 'name'. Give it the name of the project in it.");

    /// <summary>Private packages are cloned over SSH with the user's own keys: there is no git provider integration to ask for a token.</summary>
    private static string PrivateUrl(string name, string? provider, SourceLocation at) => (provider ?? "github") switch
    {
        "github" => $"git@github.com:{name}.git",
        "gitlab" => $"git@gitlab.com:{name}.git",
        "azure_devops" or "azure_active_directory" => $"git@ssh.dev.azure.com:v3/{name}",
        var other => throw new TransformException(
            at, $"cannot resolve the private package '{name}': '{other}' is no provider. Use github, gitlab or azure_devops, or a 'git' package with the URL."),
    };

    private static string? Text(IReadOnlyDictionary<string, object?> entry, string key) => PlainText(entry.GetValueOrDefault(key));

    private static string? PlainText(object? value) => value switch
    {
        null => null,
        double real => real.ToString("0.0##############", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
