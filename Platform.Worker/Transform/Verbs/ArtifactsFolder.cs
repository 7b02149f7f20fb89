using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>What a verb leaves in the target folder: artifacts, and the SQL as compiled. Nothing is written with <c>--no-write-json</c>.</summary>
internal sealed class ArtifactsFolder(VerbArguments arguments, TimeProvider time)
{
    private readonly ArtifactDirectory _target = new(arguments.TargetDirectory);

    public void WriteManifest(BuildState build)
    {
        if (arguments.Flags.WriteJson)
        {
            _target.Write(
                ManifestWriter.FileName,
                stream => ManifestWriter.Write(stream, build.Project, build.Invocation, time.GetUtcNow(), id => Compiled(build, id)));
        }
    }

    public void WriteResults(BuildState build, BuildResult result)
    {
        if (arguments.Flags.WriteJson)
        {
            _target.Write(
                RunResultsWriter.FileName,
                stream => RunResultsWriter.Write(stream, build.Invocation, result.Nodes, result.Duration, time.GetUtcNow()));
        }
    }

    /// <returns>The path of catalog.json.</returns>
    public string WriteCatalog(BuildState build, IReadOnlyList<CatalogTable> tables, IReadOnlySet<string>? selected)
    {
        _target.Write(
            CatalogWriter.FileName,
            stream => CatalogWriter.Write(stream, build.Project, build.Invocation, time.GetUtcNow(), tables, selected));
        return Path.Combine(_target.Path, CatalogWriter.FileName);
    }

    /// <summary>target/compiled/package/path of every node that was rendered.</summary>
    public void WriteCompiled(BuildState build)
    {
        foreach (var run in build.Runs.Where(run => run.CompiledCode is not null && run.Node.ResourceType is not ResourceType.Seed))
        {
            _target.WriteSql(ArtifactPaths.Compiled(run.Node), run.CompiledCode!);
        }
    }

    private static CompiledNode? Compiled(BuildState build, string id) =>
        build.Find(id) is { CompiledCode: { } code } run ? new CompiledNode(code) { HasRun = run.ExecuteTiming is not null } : null;
}
