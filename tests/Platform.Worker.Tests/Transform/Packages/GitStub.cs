using System.Diagnostics;

namespace Platform.Worker.Tests.Transform.Packages;

/// <summary>A git repository in a folder of its own, reached as <c>file://</c>.</summary>
internal sealed class GitStub : IDisposable
{
    private readonly TestProject _folder;

    public GitStub(string project, string subdirectory = "")
    {
        _folder = TestProject.Of();
        _folder.Delete("dbt_project.yml");
        Run("init", "--quiet", "--initial-branch", "main");
        Commit(Path.Combine(subdirectory, "dbt_project.yml"), $"name: {project}\nversion: '1.0'\n");
    }

    public string Url => "file://" + _folder.Directory;

    /// <returns>The hash of the commit.</returns>
    public string Commit(string path, string text)
    {
        _folder.Write(path, text);
        Run("add", "--all");
        Run("-c", "user.name=stub", "-c", "user.email=stub@localhost", "commit", "--quiet", "--message", path);
        return Run("rev-parse", "HEAD").Trim();
    }

    public string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _folder.Directory, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    public void Dispose()
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Directory, "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(file, FileAttributes.Normal);
        }

        _folder.Dispose();
    }
}
