using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Graph.Selection;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Compiles the nodes and writes catalog.json: what the warehouse holds of them.</summary>
internal static class DocsGenerateVerb
{
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var build = await run.PrepareAsync(run.Request, cancellationToken);
        var artifacts = new ArtifactsFolder(run.Arguments, run.Time);
        if (run.Arguments.Compile && !await BuildVerb.RunAsync(run, build, cancellationToken))
        {
            run.Log.Info("CannotGenerateDocs", "E040", "compile failed, cannot generate docs");
            return false;
        }

        artifacts.CopyAssets(build.Invocation.Packages[0]);
        run.Log.Info("BuildingCatalog", "E044", "Building catalog");
        var isWhole = run.Request.Select.Count == 0 && run.Request.Exclude.Count == 0 && run.Request.Selector is null;
        var described = isWhole ? null : Described(run, build);
        var (tables, error) = await ReadAsync(run, build, described, cancellationToken);
        var path = artifacts.WriteCatalog(build, tables, described, error);
        run.Log.Info("CatalogWritten", "E041", $"Catalog written to {path}");
        return error is null;
    }

    /// <summary>What the warehouse holds: our own question, or that of the project's macro, whose failure leaves the catalog empty.</summary>
    private static async Task<(IReadOnlyList<CatalogTable> Tables, string? Error)> ReadAsync(
        VerbRun run, BuildState build, IReadOnlySet<string>? described, CancellationToken cancellationToken)
    {
        if (run.Arguments.EmptyCatalog)
        {
            return ([], null);
        }

        var nodes = build.Project.Graph.Ordered
            .Where(node => node.IsRelational && node.Config.Materialized != "ephemeral" && described?.Contains(node.UniqueId) is not false).ToList();
        if (CatalogMacro.Overridden(build, nodes, run.Arguments.Compile) is not { } macro)
        {
            return (await run.Engine.UseSessionAsync(build, session => CatalogTable.Read(session, CatalogWriter.Schemas(build.Project)), cancellationToken), null);
        }

        try
        {
            return (await CatalogMacro.ReadAsync(run, build, macro, nodes, cancellationToken), null);
        }
        catch (TransformException fault)
        {
            run.Log.Warn("CatalogGenerationError", default, $"Encountered an error while generating catalog: {fault.Message}");
            return ([], fault.Message);
        }
    }

    /// <summary>Sources are not compiled, and the catalog has those that are selected all the same.</summary>
    private static HashSet<string> Described(VerbRun run, BuildState build)
    {
        var request = SelectionRequest.From(run.Request) with { ResourceTypes = new HashSet<ResourceType> { ResourceType.Source } };
        return [.. build.Selected, .. NodeSelector.Select(build.Project with { Invocation = build.Invocation }, request, build.State)];
    }
}
