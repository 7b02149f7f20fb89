namespace Platform.Worker.Tests.Transform;

/// <summary>A dbt project in a folder of its own, deleted on disposal: a copy of one below Projects, or made of files given as text.</summary>
internal sealed class TestProject : IDisposable
{
    private TestProject(string path) => Directory = path;

    public string Directory { get; }

    public static TestProject Copy(string name)
    {
        var project = Empty();
        var source = Path.Combine(AppContext.BaseDirectory, "Transform", "Projects", name);
        foreach (var file in System.IO.Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            project.Write(Path.GetRelativePath(source, file), File.ReadAllText(file));
        }

        return project;
    }

    /// <summary>A project named "shop" with these files; dbt_project.yml is added unless it is among them.</summary>
    public static TestProject Of(params (string Path, string Text)[] files)
    {
        var project = Empty();
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\n");
        foreach (var (path, text) in files)
        {
            project.Write(path, text);
        }

        return project;
    }

    public void Write(string path, string text)
    {
        var full = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Delete(string path) => File.Delete(Path.Combine(Directory, path));

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static TestProject Empty() => new(System.IO.Directory.CreateTempSubdirectory("transform-").FullName);
}
