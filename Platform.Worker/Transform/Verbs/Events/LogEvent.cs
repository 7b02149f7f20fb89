using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>dbt's levels of events.</summary>
internal enum EventLevel
{
    Debug,
    Info,
    Warn,
    Error,
}

/// <summary>
/// One line of output, under the name and code that dbt gives it in its structured logs
/// (https://docs.getdbt.com/reference/events-logging), so that what reads dbt's logs reads these.
/// </summary>
/// <param name="Name">Such as "LogStartLine".</param>
/// <param name="Code">Such as "Q011".</param>
/// <param name="Level">How grave it is.</param>
/// <param name="Message">The text; it may hold colours (<see cref="Paint"/>).</param>
internal sealed record LogEvent(string Name, string Code, EventLevel Level, string Message)
{
    /// <summary>What the event carries besides its text, by dbt's keys.</summary>
    public IReadOnlyDictionary<string, object?> Data { get; init; } = new Dictionary<string, object?>();

    /// <summary>The node it is about: <c>data.node_info</c>.</summary>
    public Node? Node { get; init; }

    /// <summary>How the node ended, when it has.</summary>
    public NodeResult? Result { get; init; }

    /// <summary>The group of the node: <c>data.group</c>.</summary>
    public GroupDefinition? Group { get; init; }

    public string Thread { get; init; } = "MainThread";
}
