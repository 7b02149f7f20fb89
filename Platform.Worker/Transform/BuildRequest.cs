using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform;

/// <summary>What to build. The defaults build and publish the whole project.</summary>
internal sealed record BuildRequest
{
    /// <summary>What is done with the selected nodes. Default: build.</summary>
    public TransformVerb Verb { get; init; } = TransformVerb.Build;

    /// <summary>First data date of the build, given to models as <c>var('start_date')</c> (ISO). Null: the project's own default stands.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last data date, inclusive, given to models as <c>var('end_date')</c>.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Builds incremental models from nothing.</summary>
    public bool FullRefresh { get; init; }

    /// <summary>dbt selectors (<c>+name</c>, <c>tag:x</c>, ...); empty means everything, or what <see cref="Selector"/> names.</summary>
    public IReadOnlyList<string> Select { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Name of a selector of selectors.yml.</summary>
    public string? Selector { get; init; }

    /// <summary><c>ls --models</c>: selects among models only.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Which tests come with the nodes they test: eager (default), cautious, buildable or empty.</summary>
    public string IndirectSelection { get; init; } = "eager";

    /// <summary>Only these kinds of resources (model, test, unit_test, ...); empty means those of the verb.</summary>
    public IReadOnlyList<string> ResourceTypes { get; init; } = [];

    public IReadOnlyList<string> ExcludeResourceTypes { get; init; } = [];

    /// <summary>Variables of this build: null, bool, long, double, string, lists and dictionaries of these.</summary>
    public IReadOnlyDictionary<string, object?> Vars { get; init; } = new Dictionary<string, object?>();

    /// <summary>
    /// True (default): build candidates, test them, publish all or nothing. False: plain dbt, every node straight into the target schema,
    /// nothing published to <c>meta</c>.
    /// </summary>
    public bool Publish { get; init; } = true;

    /// <summary>Another project than <see cref="TransformOptions.ProjectDirectory"/>.</summary>
    public string? ProjectDirectory { get; init; }

    /// <summary>Another target schema than <see cref="TransformOptions.Schema"/>.</summary>
    public string? Schema { get; init; }

    /// <summary>The target of a profiles.yml; null: the platform's connection.</summary>
    public TargetInfo? Target { get; init; }

    /// <summary>Connections on which nodes run side by side; <see cref="TransformOptions.Threads"/> when null.</summary>
    public int? Threads { get; init; }

    /// <summary><c>--empty</c>: refs and sources give no rows.</summary>
    public bool Empty { get; init; }

    /// <summary><c>--sample</c>: a window such as "3 days", or "{'start': ..., 'end': ...}".</summary>
    public string? Sample { get; init; }

    /// <summary>First instant of the rows that microbatch models read and write; UTC.</summary>
    public DateTimeOffset? EventTimeStart { get; init; }

    /// <summary>End of those rows, exclusive; UTC.</summary>
    public DateTimeOffset? EventTimeEnd { get; init; }

    /// <summary>Batches of the run that is retried, by unique id: only those that failed are run again.</summary>
    public IReadOnlyDictionary<string, BatchResults> RetryBatches { get; init; } = new Dictionary<string, BatchResults>();

    /// <summary>Stops at the first node that fails.</summary>
    public bool FailFast { get; init; }

    /// <summary>Keeps the rows that fail a test in a table.</summary>
    public bool StoreFailures { get; init; }

    /// <summary>Refs to nodes that are not selected read what the manifest of the state names.</summary>
    public bool Defer { get; init; }

    /// <summary>Defers even where the node exists here.</summary>
    public bool FavorState { get; init; }

    /// <summary>Folder with the artifacts of an earlier run, for <c>state:</c>, <c>result:</c> and deferral.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Another folder than <see cref="StateDirectory"/> for deferral.</summary>
    public string? DeferStateDirectory { get; init; }

    /// <summary>Folder for artifacts and compiled SQL. Null: none are written.</summary>
    public string? TargetPath { get; init; }

    /// <summary>Exactly these nodes, whatever the selectors say: those that <c>retry</c> runs again.</summary>
    public IReadOnlySet<string>? Nodes { get; init; }

    /// <summary>What earlier batches of microbatch models did, by unique id: only the failed ones are run again.</summary>
    public IReadOnlyDictionary<string, BatchResults> PreviousBatches { get; init; } = new Dictionary<string, BatchResults>();

    /// <summary>The id under which events and artifacts are written; null: a new one.</summary>
    public Guid? InvocationId { get; init; }

    /// <summary>What macros see as <c>flags</c>; the engine fills in what the fields above say.</summary>
    public InvocationFlags Flags { get; init; } = new();
}
