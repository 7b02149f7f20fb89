using System.Runtime.InteropServices;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded.Children;

/// <summary>Where a project of this solution was built by the build that made this program.</summary>
internal sealed record BuildOutput(string ProjectFolder, string Assembly)
{
    private const string Own = "Platform.AppHost";

    /// <summary>The <c>dotnet</c> that runs this program; another on the PATH may lack the runtime.</summary>
    public static string Dotnet { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>The project lies beside this one and has the same configuration and target framework.</summary>
    public static BuildOutput Of(string project)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder is { Name: Own, Parent: { } solution })
            {
                var projectFolder = Path.Combine(solution.FullName, project);
                var output = Path.GetRelativePath(folder.FullName, AppContext.BaseDirectory);
                var assembly = Path.Combine(projectFolder, output, project + ".dll");
                return File.Exists(assembly)
                    ? new BuildOutput(projectFolder, assembly)
                    : throw new ServerException($"{assembly} is missing: build the solution first (dotnet build).");
            }
        }

        throw new ServerException($"This program runs from {AppContext.BaseDirectory}, which is not below {Own}: start it with \"dotnet run --project {Own}\".");
    }
}
