namespace Platform.Worker.Tests.Pipeline;

/// <summary>The project beside the program, copied so that a test may change it.</summary>
internal sealed class ProjectCopy : IDisposable
{
    public ProjectCopy()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "analytics");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("platform-project-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
