using Platform.Worker.Transform;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>The folder of the project, and whether it is the platform's own, which is published, or any dbt project, which is built plainly.</summary>
internal sealed record ProjectPlace(string Directory, bool IsPlatform)
{
    /// <param name="given">--project-dir, when it is given.</param>
    /// <param name="asksForProfile">A profile is asked for: then also the platform's own project is built plainly.</param>
    public static ProjectPlace Find(string? given, bool asksForProfile)
    {
        if (given is not null)
        {
            return System.IO.Directory.Exists(given)
                ? new ProjectPlace(Path.GetFullPath(given), IsPlatform: false)
                : throw new ConfigurationFaultException($"--project-dir: there is no folder {Path.GetFullPath(given)}.");
        }

        return ProjectHeader.Nearest(Environment.CurrentDirectory) is { } nearest
            ? new ProjectPlace(nearest, IsPlatform: false)
            : new ProjectPlace(PlatformSettings.Load().Transform.ProjectDirectory, IsPlatform: !asksForProfile);
    }
}
