namespace Platform.Worker.Transform.Packages;

/// <summary><c>deps --add-package name@version</c>: writes the package into the project's list, in place of an entry of the same name.</summary>
internal static class PackageAddition
{
    /// <exception cref="TransformException">The text or the source is none that can be added.</exception>
    public static void Apply(string root, string package, string source, PackageWorkspace workspace)
    {
        var at = new SourceLocation("--add-package");
        var separator = source == "git" ? package.LastIndexOf('@') : package.IndexOf('@');
        var (name, version) = separator > 0 && !package[separator..].Contains(':') ? (package[..separator], package[(separator + 1)..]) : (package, null);
        var (nameKey, versionKey) = source switch
        {
            "hub" => ("package", "version"),
            "git" => ("git", "revision"),
            "local" => ("local", "version"),
            _ => throw new TransformException(at, $"'{source}' is no source of packages. Use hub, git or local."),
        };
        if (source == "hub" && string.IsNullOrEmpty(version))
        {
            throw new TransformException(at, $"'{package}' has no version. Write {name}@1.0.0, or {name}@\">=1.0.0,<2.0.0\".");
        }

        var path = PackageList.PathOf(root);
        var file = PackageList.ReadFile(root, Path.GetFileName(path))?.Plain() as Dictionary<string, object?> ?? [];
        var entries = file.GetValueOrDefault("packages") as List<object?> ?? [];
        foreach (var twin in entries.OfType<Dictionary<string, object?>>().Where(entry => entry.Values.Any(value => value is string text && text.Contains(name, StringComparison.Ordinal))).ToList())
        {
            entries.Remove(twin);
            workspace.Say(LogLevel.Information, "DepsFoundDuplicatePackage", $"Found duplicate package in packages.yml, removing: {string.Join(", ", twin.Values)}");
        }

        var added = new Dictionary<string, object?> { [nameKey] = name };
        if (version is not null && source != "local")
        {
            added[versionKey] = version.Contains(',') ? version.Split(',') : version;
        }

        entries.Add(added);
        file["packages"] = entries;
        File.WriteAllText(path, PackageLock.Yaml(file));
        workspace.Say(LogLevel.Information, "DepsAddPackage", $"Added new package {name}@{version} to {path}");
    }
}
