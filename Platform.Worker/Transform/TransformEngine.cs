using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Freshness;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Graph.Selection;
using Platform.Worker.Transform.Lineage;
using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Publish;
using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.State;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform;

/// <summary>
/// Builds a dbt project: parses it (kept between builds), builds candidates on several connections, tests them and, when no error-severity
/// test failed, publishes everything in one transaction. Safe to call from several threads and processes: one build at a time works on the
/// warehouse, the others wait.
/// </summary>
internal sealed class TransformEngine(
    NpgsqlDataSource dataSource, IOptions<TransformOptions> options, TimeProvider time, ILogger<TransformEngine> logger, JoinedPackages? joined = null)
{
    private const string LockName = "platform.transform";
    private const string ApplicationName = "platform-transform";
    public const string PlainApplicationName = ApplicationName + "-plain";

    private readonly ProjectCache _projects = new(time, logger);
    private readonly LineageCache _lineage = new();

    /// <summary>Builds and, unless the request says otherwise, publishes.</summary>
    /// <returns>
    /// The results. <see cref="BuildResult.Success"/> is false when a model failed or an error-severity test did: then readers keep what was
    /// published before, and the candidates stay for inspection until the next build.
    /// </returns>
    /// <exception cref="TransformException">The project or its metrics are at fault: every error with file and line. Nothing is published.</exception>
    /// <exception cref="NpgsqlException">The warehouse went away. Nothing is published; building again is safe.</exception>
    /// <exception cref="TimeoutException">Readers did not let publishing have its locks in time. Nothing is published.</exception>
    public async Task<BuildResult> BuildAsync(BuildRequest request, IProgress<NodeEvent>? progress, CancellationToken cancellationToken)
    {
        var build = await PrepareAsync(request, null, cancellationToken);
        return await RunAsync(build, progress, cancellationToken);
    }

    /// <summary>Parses the project, unless it is as it was, and selects what the verb works on. Nothing is asked of the warehouse.</summary>
    /// <exception cref="TransformException">The project is at fault: every error with file and line.</exception>
    public async Task<BuildState> PrepareAsync(BuildRequest request, IMacroOutput? output, CancellationToken cancellationToken)
    {
        var target = Target(request);
        var now = time.GetUtcNow();
        var sample = request.Sample is { } window ? SampleWindow.Parse(window, now) : null;
        var project = await Task.Run(
            () => request.ProjectDirectory is { } other
                ? _projects.Load(other, Vars(request), target)
                : _projects.Load(options.Value.ProjectDirectory, Vars(request), target, joined?.Read()),
            cancellationToken);
        var invocation = project.Invocation with
        {
            Id = request.InvocationId ?? Guid.CreateVersion7(now),
            StartedAt = now,
            Flags = Flags(request),
            Sample = sample,
            Vars = new VarProvider(Vars(request), project.Invocation.Packages),
            Logger = logger,
            Output = output,
        };
        var directory = project.Invocation.Packages[0].Root;
        var state = Read(request.StateDirectory, request, directory);
        var selected = Select(project with { Invocation = invocation }, request, state);
        var deferral = Deferral.Of(request, selected, state, Read(request.DeferStateDirectory, request, directory));
        Log.BuildStarted(logger, invocation.Id, selected.Count, project.Root.Name, request.From, request.To);
        var names = request.Publish ? new CandidateNames(options.Value.CandidateSchema, target.Schema) : null;
        return new BuildState(project, invocation, request, selected, names) { State = state, Deferral = deferral };
    }

    /// <summary>Runs nodes one after the other on one connection, for verbs that look at nodes and build none.</summary>
    /// <param name="build">The prepared build.</param>
    /// <param name="runs">The nodes, which need not belong to the project.</param>
    /// <param name="create">Makes the execution of a node.</param>
    /// <param name="cancellationToken">Ends the running node.</param>
    public Task<IReadOnlyList<NodeResult>> RunEachAsync(
        BuildState build, IReadOnlyList<NodeRun> runs, Func<NodeRun, PostgresSession, NodeExecution> create, CancellationToken cancellationToken) =>
        UseSessionAsync<IReadOnlyList<NodeResult>>(
            build,
            session =>
            {
                var runner = new NodeRunner(build, time, cancellationToken, create);
                return [.. runs.Select(run => runner.Run(run, session))];
            },
            cancellationToken);

    /// <summary>The column lineage of what a build compiled, by unique id. Its relations must exist.</summary>
    public Task<IReadOnlyDictionary<string, ModelLineage>> ReadLineageAsync(BuildState build, CancellationToken cancellationToken) =>
        UseSessionAsync(build, session => new LineageReader(_lineage).Read(session, build), cancellationToken);

    /// <summary>Works with a connection of the build, the existing relations being known.</summary>
    public Task<T> UseSessionAsync<T>(BuildState build, Func<PostgresSession, T> work, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var session = ConnectionRetry.Open(dataSource, ApplicationNameOf(build), build.Invocation.Target, cancellationToken);
            build.Relations.Load(session, Schemas(build));
            return work(session);
        },
        cancellationToken);

    private static string ApplicationNameOf(BuildState build) => build.Invocation.Target.ApplicationName ?? PlainApplicationName;

    /// <summary>Runs what was prepared and, unless the request says otherwise, publishes it.</summary>
    /// <inheritdoc cref="BuildAsync" path="/exception"/>
    public async Task<BuildResult> RunAsync(BuildState build, IProgress<NodeEvent>? progress, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (nodes, publication) = build.Request.Publish
            ? await BuildAndPublishAsync(build, progress, cancellationToken)
            : (await RunAsync(build, progress, ApplicationNameOf(build), cancellationToken), null);

        var result = new BuildResult(
            !nodes.Any(node => node.IsFailure), build.Invocation.Id, publication, nodes, time.GetElapsedTime(started));
        Log.BuildEnded(logger, build.Invocation.Id, result.Duration, result.Summary);
        return result;
    }

    private static PreviousState? Read(string? stateDirectory, BuildRequest request, string projectDirectory) => stateDirectory is null
        ? null
        : PreviousState.Read(stateDirectory, projectDirectory, request.TargetPath ?? ArtifactPaths.DefaultTarget);

    private static IReadOnlySet<string> Select(ParsedProject project, BuildRequest request, PreviousState? state)
    {
        if (request.Nodes is { } nodes)
        {
            return RollupSelection.Of(project.Graph, nodes.Where(project.Graph.Contains).ToHashSet(), request.Publish);
        }

        var selected = RollupSelection.Of(project.Graph, NodeSelector.Select(project, SelectionRequest.From(request), state), request.Publish);
        if (request.Verb is TransformVerb.SourceFreshness)
        {
            selected = selected.Where(id => FreshnessExecution.Applies(project.Graph[id])).ToHashSet();
        }

        return selected.Count == 0 && request.Publish && request.Select.Count > 0
            ? throw new TransformException(
                new SourceLocation("--select"), $"'{string.Join(' ', request.Select)}' matches no node of the project. Check the name, or the path and tag.")
            : selected;
    }

    private async Task<(IReadOnlyList<NodeResult> Nodes, long? Publication)> BuildAndPublishAsync(
        BuildState build, IProgress<NodeEvent>? progress, CancellationToken cancellationToken)
    {
        var manifest = Semantics(build.Project);
        await using var held = await AdvisoryLock.AcquireAsync(dataSource, LockName, cancellationToken);
        await new CandidateSchema(options.Value.CandidateSchema, ApplicationName, logger).PrepareAsync(held.Connection, cancellationToken);
        build.PublishedRollups = await PreviousPublication.RollupsAsync(held.Connection, build.Project.Root.Name, cancellationToken);
        var record = new BuildRecord(dataSource, time);
        await record.StartAsync(build.Invocation.Id, build.Invocation.StartedAt, build.Request, cancellationToken);
        IReadOnlyList<NodeResult> nodes = [];
        try
        {
            nodes = await RunAsync(build, progress, ApplicationName, cancellationToken);
            long? publication = nodes.Any(node => node.IsFailure) ? null : await PublishAsync(held.Connection, build, manifest, cancellationToken);
            // Not cancelled: what is published by now must not be recorded as failed.
            await record.FinishAsync(build.Invocation.Id, publication is not null, nodes, null, CancellationToken.None);
            return (nodes, publication);
        }
        catch (Exception fault)
        {
            await RecordFaultAsync(record, build.Invocation.Id, nodes, fault);
            throw;
        }
    }

    /// <summary>The record of a build that ended with an exception; when that cannot be written either, the exception still counts.</summary>
    private async Task RecordFaultAsync(BuildRecord record, Guid id, IReadOnlyList<NodeResult> nodes, Exception fault)
    {
        try
        {
            await record.FinishAsync(id, success: false, nodes, fault.Message, CancellationToken.None);
        }
        catch (NpgsqlException second)
        {
            Log.Warning(logger, $"The end of build {id} could not be recorded: {second.Message}");
        }
    }

    private static SemanticManifest Semantics(ParsedProject project)
    {
        var errors = new ProjectErrors();
        var manifest = SemanticManifest.Make(project, errors);
        new SemanticValidator(manifest, errors).ValidateReferences();
        errors.ThrowIfAny();
        return manifest;
    }

    private async Task<IReadOnlyList<NodeResult>> RunAsync(
        BuildState build, IProgress<NodeEvent>? progress, string applicationName, CancellationToken cancellationToken)
    {
        var run = new BuildRun(dataSource, time, build, applicationName, build.Request.Threads ?? options.Value.Threads, progress);
        var results = await run.RunAsync(cancellationToken);
        foreach (var failed in results.Where(result => result.IsFailure))
        {
            Log.NodeFailed(logger, failed.UniqueId, failed.Status, failed.Message);
        }

        return results;
    }

    private List<string> Schemas(BuildState build) =>
        [.. build.Project.Graph.Ordered.Where(node => node.IsRelational).Select(node => node.Schema)
            .Append(build.BuildsCandidates ? options.Value.CandidateSchema : build.Invocation.Target.Schema).Distinct()];

    private async Task<long> PublishAsync(NpgsqlConnection connection, BuildState build, SemanticManifest semantics, CancellationToken cancellationToken)
    {
        var columns = await Task.Run(() => BuiltColumns(build, semantics, cancellationToken), cancellationToken);
        var lineage = await ReadLineageAsync(build, cancellationToken);
        semantics.AddRollups(build);
        var previous = await PreviousPublication.ReadAsync(connection, build.Project.Root.Name, cancellationToken);
        return await new Publisher(options.Value, time, logger)
            .PublishAsync(connection, build, ModelManifest.Make(build, columns, lineage, previous), semantics, previous.Names, cancellationToken);
    }

    /// <summary>The columns that readers will see, by node; refuses metrics that they cannot answer.</summary>
    private Dictionary<string, IReadOnlyList<ColumnInfo>> BuiltColumns(BuildState build, SemanticManifest semantics, CancellationToken cancellationToken)
    {
        using var session = PostgresSession.Open(dataSource, ApplicationName, cancellationToken);
        var nodes = build.Project.Graph.Ordered.Where(node => node.IsRelational && node.Source is null).ToList();
        var all = WarehouseCatalog.Columns(session, nodes.Select(node => node.Schema).Append(options.Value.CandidateSchema).Distinct());
        var columns = new Dictionary<string, IReadOnlyList<ColumnInfo>>();
        foreach (var node in nodes)
        {
            var relation = build.Resolve(node);
            if (all.TryGetValue((relation.Schema!, relation.Identifier!), out var found))
            {
                columns[node.UniqueId] = found;
            }
        }

        var errors = new ProjectErrors();
        new SemanticValidator(semantics, errors).ValidateColumns(build.Resolve, columns, session);
        errors.ThrowIfAny();
        new MetricSqlValidator(semantics, errors).Validate(build.Resolve, session);
        errors.ThrowIfAny();
        return columns;
    }

    /// <summary>What macros see of the request.</summary>
    private static InvocationFlags Flags(BuildRequest request) => request.Flags with
    {
        Verb = request.Verb,
        FullRefresh = request.FullRefresh,
        StoreFailures = request.StoreFailures,
        FailFast = request.FailFast,
        Empty = request.Empty,
        Sample = request.Sample,
        EventTimeStart = request.EventTimeStart,
        EventTimeEnd = request.EventTimeEnd,
        Defer = request.Defer,
        FavorState = request.FavorState,
        State = request.StateDirectory,
        DeferState = request.DeferStateDirectory,
        Select = request.Select,
        Exclude = request.Exclude,
        Selector = request.Selector,
        IndirectSelection = request.IndirectSelection,
        ResourceTypes = request.ResourceTypes,
        ExcludeResourceTypes = request.ExcludeResourceTypes,
        Vars = request.Vars,
        Threads = request.Threads,
    };

    private TargetInfo Target(BuildRequest request)
    {
        if (request.Target is { } given)
        {
            return given;
        }

        var connection = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        return new TargetInfo(
            options.Value.Target, connection.Database ?? "", request.Schema ?? options.Value.Schema, connection.Host ?? "", connection.Username ?? "",
            connection.Port, request.Threads ?? options.Value.Threads);
    }

    private Dictionary<string, object?> Vars(BuildRequest request)
    {
        var vars = options.Value.Vars.ToDictionary(entry => entry.Key, entry => (object?)entry.Value);
        foreach (var (name, value) in request.Vars)
        {
            vars[name] = value;
        }

        if (request.From is { } from)
        {
            vars["start_date"] = from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        if (request.To is { } to)
        {
            vars["end_date"] = to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        return vars;
    }
}
