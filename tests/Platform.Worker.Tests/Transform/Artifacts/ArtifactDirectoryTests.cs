using Platform.Worker.Transform.Artifacts;

namespace Platform.Worker.Tests.Transform.Artifacts;

public sealed class ArtifactDirectoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artifacts-");

    [Theory]
    [InlineData("select 1", "select 1", false)]
    [InlineData("select 1", "select 2", true)]
    [InlineData("select 1", "select 1 as a", true)]
    [InlineData("select 'é'", "select 'è'", true)]
    public void WriteSql_WritesOnlyWhatDiffers(string before, string after, bool isWritten)
    {
        var target = new ArtifactDirectory(_folder.FullName);
        target.WriteSql("compiled/shop/models/a.sql", before);
        var file = Path.Combine(_folder.FullName, "compiled/shop/models/a.sql");
        var then = DateTime.UnixEpoch;
        File.SetLastWriteTimeUtc(file, then);

        target.WriteSql("compiled/shop/models/a.sql", after);

        Assert.Equal(after, File.ReadAllText(file));
        Assert.Equal(isWritten, File.GetLastWriteTimeUtc(file) != then);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
