using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>What a verb leaves in the target folder: artifacts, and the SQL as compiled and as run.</summary>
internal sealed class ArtifactsFolder(VerbArguments arguments)
{
    public void WriteManifest(BuildState build)
    {
    }

    public void WriteResults(BuildState build, BuildResult result)
    {
    }

    /// <summary>target/compiled/package/path of every node that was rendered.</summary>
    public void WriteCompiled(BuildState build)
    {
        foreach (var run in build.Runs.Where(run => run.CompiledCode is not null && run.Node.ResourceType is not ResourceType.Seed))
        {
            var path = Path.Combine(arguments.TargetDirectory, "compiled", NodePaths.Compiled(run.Node));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, run.CompiledCode);
        }
    }
}
