using System.Runtime.Versioning;
using Platform.AppHost.Embedded.Servers;
using Platform.Testing;

namespace Platform.EndToEnd.Tests.Servers;

[UnsupportedOSPlatform("windows")]
public sealed class PlatformFolderTests
{
    [Fact]
    public void IsReachable_BelowAPrivateFolder_OnlyForWhoRunsPostgresAsItself()
    {
        using var folder = TestFolder.Create();
        var home = Directory.CreateDirectory(Path.Combine(folder.Path, "home"));
        File.SetUnixFileMode(home.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.True(PlatformFolder.IsReachable(folder.Path));
        Assert.Equal(UnprivilegedUser.IfRoot is null, PlatformFolder.IsReachable(Path.Combine(home.FullName, "repository", ".platform")));
    }

    [Fact]
    public void CreateReadable_SeveralLevels_EveryUserMayEnterEach()
    {
        using var folder = TestFolder.Create();

        var created = PlatformFolder.CreateReadable(Path.Combine(folder.Path, "a", "b"));

        Assert.Equal("OtherExecute", (File.GetUnixFileMode(created) & UnixFileMode.OtherExecute).ToString());
        Assert.Equal("OtherExecute", (File.GetUnixFileMode(Path.GetDirectoryName(created)!) & UnixFileMode.OtherExecute).ToString());
    }
}
