using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Packages;

/// <summary>The packages that a project asks for, in packages.yml or dependencies.yml.</summary>
internal static class PackageList
{
    public const string FileName = "packages.yml";

    private const string DependenciesFileName = "dependencies.yml";

    /// <summary>Reads the file of a project; without one the project asks for nothing.</summary>
    /// <exception cref="TransformException">A file is no list of packages.</exception>
    public static IReadOnlyList<PackageSpec> Read(string directory, SecretRenderer renderer)
    {
        var (packages, dependencies) = (ReadFile(directory, FileName), ReadFile(directory, DependenciesFileName));
        if (packages?["projects"] is { } projects)
        {
            throw new TransformException(projects.At, $"'projects' belongs into {DependenciesFileName}. Move it there.");
        }

        if (packages?["packages"] is not null && dependencies?["packages"] is { } both)
        {
            throw new TransformException(both.At, $"'packages' stands in {FileName} and in {DependenciesFileName}. Keep it in one of them.");
        }

        return Specs(dependencies?["packages"] is not null ? dependencies : packages, renderer);
    }

    /// <summary>The file that holds the project's packages, or would.</summary>
    public static string PathOf(string directory) => Path.Combine(
        directory, ReadFile(directory, DependenciesFileName)?["packages"] is not null ? DependenciesFileName : FileName);

    /// <summary>The entries under the key <c>packages</c>.</summary>
    public static IReadOnlyList<PackageSpec> Specs(YamlValue? file, SecretRenderer renderer)
    {
        var errors = new ProjectErrors();
        var specs = new List<PackageSpec>();
        foreach (var entry in file?.List("packages", errors) ?? [])
        {
            if (entry.Plain() is not Dictionary<string, object?> written)
            {
                errors.Add(entry.At, "a package is a mapping, such as '- package: dbt-labs/dbt_utils' with a 'version'.");
                continue;
            }

            try
            {
                var rendered = (IReadOnlyDictionary<string, object?>)renderer.Render(entry, "packages")!;
                specs.Add(PackageSpecReader.Read(rendered, written, entry.At));
            }
            catch (TransformException fault)
            {
                errors.Add(fault);
            }
        }

        errors.ThrowIfAny();
        return specs;
    }

    public static YamlValue? ReadFile(string directory, string name)
    {
        var file = new FileInfo(Path.Combine(directory, name));
        if (!file.Exists)
        {
            return null;
        }

        var errors = new ProjectErrors();
        var yaml = YamlValue.Read(new SourceFile(file.FullName, name, File.ReadAllText(file.FullName), FileStamp.Of(file)), errors);
        errors.ThrowIfAny();
        return yaml;
    }
}
