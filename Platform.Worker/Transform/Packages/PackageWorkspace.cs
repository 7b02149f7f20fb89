using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Packages;

/// <summary>One invocation of <c>deps</c>: where packages come from, and the staging folder in which they are fetched.</summary>
internal sealed class PackageWorkspace : IDisposable
{
    private readonly string _staging;
    private readonly SecretRenderer _renderer;
    private readonly IProgress<DepsMessage>? _messages;

    /// <param name="request">What is asked for.</param>
    /// <param name="staging">A folder beside the installation path, so that installing is renaming.</param>
    /// <param name="renderer">Renders package files.</param>
    /// <param name="download">The way to the hub and to tarballs.</param>
    /// <param name="hub">Address of the hub.</param>
    /// <param name="messages">Hears what happens.</param>
    public PackageWorkspace(
        DepsRequest request, string staging, SecretRenderer renderer, PackageDownload download, Uri hub, IProgress<DepsMessage>? messages)
    {
        (_staging, _renderer, _messages) = (staging, renderer, messages);
        (ProjectRoot, VersionCheck) = (Path.GetFullPath(request.ProjectDirectory), request.VersionCheck);
        (Hub, Tarballs, Git) = (new PackageHub(download, hub), new TarballStore(download), new GitProgram(Secrets.Scrub));
    }

    public string ProjectRoot { get; }

    public bool VersionCheck { get; }

    public PackageHub Hub { get; }

    public TarballStore Tarballs { get; }

    public GitProgram Git { get; }

    public void Say(LogLevel level, string name, string text) => _messages?.Report(new DepsMessage(level, name, Secrets.Scrub(text)));

    /// <summary>A folder of the staging area; whoever fetches into it makes it.</summary>
    public string Folder(string name) => Path.Combine(_staging, name);

    /// <summary>A path below a folder.</summary>
    /// <exception cref="TransformException">The path leads elsewhere.</exception>
    public static string Below(string directory, string path, SourceLocation at, string what = "the package")
    {
        var full = Path.GetFullPath(Path.Combine(directory, path));
        return full == directory || full.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new TransformException(at, $"{what} reaches outside its folder: '{path}'. It is not installed.");
    }

    /// <summary>The project name and the packages of a project in a folder.</summary>
    /// <exception cref="TransformException">There is no project in the folder.</exception>
    public PackageMetadata ReadMetadata(string directory, string package, SourceLocation at)
    {
        var name = PackageList.ReadFile(directory, ProjectFile.FileName)?.Text("name")
            ?? throw new TransformException(
                at, Secrets.Scrub($"the package '{package}' has no {ProjectFile.FileName} with a name in it. Check the path, or the subdirectory of the package."));
        return new PackageMetadata(name, PackageList.Read(directory, _renderer));
    }

    public void Dispose()
    {
        if (Directory.Exists(_staging))
        {
            Directory.Delete(_staging, recursive: true);
        }
    }
}
