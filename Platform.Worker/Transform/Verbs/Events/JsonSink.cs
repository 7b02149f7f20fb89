using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>One JSON object per event, shaped as dbt's structured logs: <c>info</c> is the same for all events, <c>data</c> is the event's own.</summary>
internal sealed class JsonSink(TextWriter writer, EventLevel lowest, Guid invocation) : IEventSink
{
    private readonly Dictionary<string, object?> _extra = CustomVariables.Read().ToDictionary(variable => variable.Name, variable => (object?)variable.Value);

    public void Write(LogEvent entry, DateTimeOffset at)
    {
        // An empty line says nothing to a program.
        if (entry.Level < lowest || entry.Name == "Formatting")
        {
            return;
        }

        writer.WriteLine(ArtifactJson.Serialize(new Dictionary<string, object?>
        {
            ["data"] = Data(entry),
            ["info"] = new Dictionary<string, object?>
            {
                ["category"] = "",
                ["code"] = entry.Code,
                ["extra"] = _extra,
                ["invocation_id"] = invocation.ToString(),
                ["level"] = entry.Level.ToString().ToLowerInvariant(),
                ["msg"] = Paint.Strip(entry.Message),
                ["name"] = entry.Name,
                ["pid"] = Environment.ProcessId,
                ["thread"] = entry.Thread,
                ["ts"] = ArtifactJson.Timestamp(at),
            },
        }));
    }

    public void Dispose() => writer.Flush();

    private static Dictionary<string, object?> Data(LogEvent entry)
    {
        var data = new Dictionary<string, object?>(entry.Data);
        if (entry.Node is { } node)
        {
            data["node_info"] = NodeInfo.Of(node, entry.Result);
        }

        if (entry.Group is { } group)
        {
            data["group"] = new Dictionary<string, object?>
            {
                ["name"] = group.Name,
                ["package_name"] = group.PackageName,
                ["owner"] = group.Owner.ToDictionary(property => property.Key, property => (object?)Value.FromClr(property.Value).ToString()),
            };
        }

        return data;
    }
}
