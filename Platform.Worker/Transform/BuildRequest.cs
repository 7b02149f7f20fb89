namespace Platform.Worker.Transform;

/// <summary>What to build. The defaults build and publish the whole project.</summary>
internal sealed record BuildRequest
{
    /// <summary>First data date of the build, given to models as <c>var('start_date')</c> (ISO). Null: the project's own default stands.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last data date, inclusive, given to models as <c>var('end_date')</c>.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Builds incremental models from nothing.</summary>
    public bool FullRefresh { get; init; }

    /// <summary>dbt selectors (<c>+name</c>, <c>tag:x</c>, ...); empty means everything.</summary>
    public IReadOnlyList<string> Select { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

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

    /// <summary>Connections on which nodes run side by side; <see cref="TransformOptions.Threads"/> when null.</summary>
    public int? Threads { get; init; }
}
