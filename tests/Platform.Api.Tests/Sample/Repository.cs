namespace Platform.Api.Tests.Sample;

/// <summary>Files of the source tree.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Sample(string file) => Path.Combine(Root, "tests", "Platform.Api.Tests", "Sample", file);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"Platform.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
