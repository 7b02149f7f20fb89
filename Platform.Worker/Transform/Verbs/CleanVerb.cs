using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Deletes the folders under <c>clean-targets</c>: never one with sources, and none outside the project unless that is asked for.</summary>
internal static class CleanVerb
{
    /// <param name="header">The project.</param>
    /// <param name="projectOnly">Refuse folders outside the project.</param>
    /// <param name="log">Hears what is deleted.</param>
    /// <exception cref="TransformException">A folder must not be deleted; then none is.</exception>
    public static bool Run(ProjectHeader header, bool projectOnly, EventLog log)
    {
        var targets = header.CleanTargets.Select(path => Full(header, path)).Distinct().ToList();
        var sources = header.SourcePaths.Select(path => Full(header, path)).ToHashSet();
        var at = new SourceLocation(Project.ProjectFile.FileName);
        if (targets.Where(target => sources.Contains(target) || target == Full(header, ".")).ToList() is { Count: > 0 } wanted)
        {
            throw new TransformException(at, $"dbt will not clean the following source paths: {string.Join(", ", wanted)}. Take them out of clean-targets.");
        }

        if (projectOnly && targets.Where(target => !IsBelow(target, header.Directory)).ToList() is { Count: > 0 } outside)
        {
            throw new TransformException(
                at,
                $"dbt will not clean the following directories outside the project: {string.Join(", ", outside)}. "
                + "Take them out of clean-targets, or give --no-clean-project-files-only.");
        }

        if (header.CleanTargets.Contains("dbt_modules") && !header.CleanTargets.Contains(header.PackagesPath))
        {
            log.Warn("PackageInstallPathDeprecation", at, $"packages are installed in '{header.PackagesPath}' by now, not in 'dbt_modules'. Write that below clean-targets.");
        }

        foreach (var target in targets)
        {
            log.Info("CheckCleanPath", "Z012", $"Checking {target}/*");
            if (Directory.Exists(target))
            {
                Directory.Delete(target, recursive: true);
            }

            log.Info("ConfirmCleanPath", "Z013", $"Cleaned {target}/*");
        }

        log.Info("FinishedCleanPaths", "Z015", "Finished cleaning all paths.");
        return true;
    }

    private static string Full(ProjectHeader header, string path) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(header.Directory, path)));

    private static bool IsBelow(string path, string directory) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
