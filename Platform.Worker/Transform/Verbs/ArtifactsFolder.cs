using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Freshness;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Lineage;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Publish;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>What a verb leaves in the target folder: artifacts, and the SQL as compiled. Nothing is written with <c>--no-write-json</c>.</summary>
internal sealed class ArtifactsFolder(VerbArguments arguments, TimeProvider time)
{
    private readonly ArtifactDirectory _target = new(arguments.TargetDirectory);
    private IReadOnlyDictionary<string, ModelLineage> _lineage = new Dictionary<string, ModelLineage>();

    private bool WritesJson => arguments.WritesArtifacts && arguments.Flags.WriteJson;

    public void WriteManifest(BuildState build)
    {
        if (WritesJson)
        {
            _target.Write(
                ManifestWriter.FileName,
                stream => ManifestWriter.Write(stream, build.Project, build.Invocation, time.GetUtcNow(), id => Compiled(build, id)));
            _target.Write(SemanticManifest.FileName, stream => SemanticManifest.Write(stream, build.Project));
            _target.Write(GraphSummaryWriter.FileName, stream => GraphSummaryWriter.Write(stream, build.Project, build.Invocation));
        }
    }

    public void WriteResults(BuildState build, BuildResult result)
    {
        if (WritesJson)
        {
            _target.Write(
                RunResultsWriter.FileName,
                stream => RunResultsWriter.Write(stream, build.Invocation, result.Nodes, result.Duration, time.GetUtcNow()));
        }
    }

    /// <summary>sources.json, or the file that the command line names.</summary>
    public void WriteSources(BuildState build, TimeSpan elapsed)
    {
        var file = arguments.OutputPath is { } given ? Path.GetFullPath(Path.Combine(arguments.Header.Directory, given)) : null;
        (file is null ? _target : new ArtifactDirectory(Path.GetDirectoryName(file)!)).Write(
            Path.GetFileName(file) ?? SourcesWriter.FileName,
            stream => SourcesWriter.Write(stream, build.Invocation, FreshnessResults.Of(build), elapsed, time.GetUtcNow()));
    }

    /// <returns>The path of catalog.json.</returns>
    public string WriteCatalog(BuildState build, IReadOnlyList<CatalogTable> tables, IReadOnlySet<string>? selected, string? error)
    {
        _target.Write(
            CatalogWriter.FileName,
            stream => CatalogWriter.Write(stream, build.Project, build.Invocation, time.GetUtcNow(), tables, selected, error));
        return Path.Combine(_target.Path, CatalogWriter.FileName);
    }

    /// <summary>The project's asset folders beside the artifacts, where the pages of the documentation look for their pictures.</summary>
    public void CopyAssets(Package root)
    {
        foreach (var folder in root.Project.AssetPaths)
        {
            var (from, to) = (Path.Combine(root.Root, folder), Path.Combine(_target.Path, folder));
            if (Directory.Exists(to))
            {
                Directory.Delete(to, recursive: true);
            }

            if (Directory.Exists(from))
            {
                foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
                {
                    var copy = Path.Combine(to, Path.GetRelativePath(from, file));
                    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    File.Copy(file, copy, overwrite: true);
                }
            }
        }
    }

    /// <summary>target/compiled/package/path of every node that was rendered, target/run/package/path of every one that ran.</summary>
    public void WriteCompiled(BuildState build)
    {
        if (!arguments.WritesArtifacts)
        {
            return;
        }

        foreach (var run in build.Runs.Concat(build.Hooks.Values).Where(run => run.CompiledCode is not null && run.Node.ResourceType is not ResourceType.Seed))
        {
            _target.WriteSql(ArtifactPaths.Compiled(run.Node), run.CompiledCode!);
        }

        foreach (var run in build.Runs.Where(run => run.RuntimeCode is not null))
        {
            _target.WriteSql(ArtifactPaths.Run(run.Node), run.RuntimeCode!);
        }

        foreach (var batch in build.Runs.SelectMany(run => run.Batches).Where(batch => batch.CompiledCode is not null))
        {
            _target.WriteSql(ArtifactPaths.OfBatch(ArtifactPaths.Compiled(batch.Node), batch.Batch!.Name), batch.CompiledCode!);
            if (batch.RuntimeCode is { } ran)
            {
                _target.WriteSql(ArtifactPaths.OfBatch(ArtifactPaths.Run(batch.Node), batch.Batch.Name), ran);
            }
        }
    }

    /// <summary>lineage.json of the models that were compiled; the manifest that is written next has it as well.</summary>
    public async Task WriteLineageAsync(BuildState build, TransformEngine engine, CancellationToken cancellationToken)
    {
        if (WritesJson && build.Runs.Any(run => run.CompiledCode is not null && run.Node.ResourceType is ResourceType.Model))
        {
            _lineage = await engine.ReadLineageAsync(build, cancellationToken);
            _target.Write(LineageWriter.FileName, stream => LineageWriter.Write(stream, build.Invocation, _lineage, time.GetUtcNow()));
        }
    }

    private CompiledNode? Compiled(BuildState build, string id)
    {
        if ((build.Find(id) ?? build.Hooks.GetValueOrDefault(id)) is not { } run || (run.CompiledCode ?? run.RuntimeCode) is null)
        {
            return null;
        }

        return new CompiledNode(run.CompiledCode) { Ctes = run.Ctes, HasRun = run.RuntimeCode is not null, Lineage = _lineage.GetValueOrDefault(id) };
    }
}
