using System.Globalization;
using System.Text.Json;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Verbs;

/// <summary>The flags of an earlier invocation, from <c>args</c> of its run_results.json.</summary>
internal sealed class PreviousFlags(JsonElement args)
{
    public string? Text(string name) => args.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>These flags; where to log, where artifacts lie, and what the command line says, stay as given now.</summary>
    public InvocationFlags Apply(InvocationFlags now, TransformVerb verb, RetryOverrides overrides) => now with
    {
        Verb = verb,
        Select = Texts("select"),
        Exclude = Texts("exclude"),
        Selector = Text("selector"),
        IndirectSelection = Text("indirect_selection") ?? now.IndirectSelection,
        ResourceTypes = Texts("resource_types"),
        ExcludeResourceTypes = Texts("exclude_resource_types"),
        Profile = now.Profile ?? Text("profile"),
        Target = now.Target ?? Text("target"),
        Vars = overrides.Vars ?? Map("vars"),
        Threads = overrides.Threads ?? (args.TryGetProperty("threads", out var threads) && threads.ValueKind is JsonValueKind.Number ? threads.GetInt32() : null),
        FullRefresh = overrides.FullRefresh ?? Flag("full_refresh"),
        Empty = Flag("empty"),
        Sample = Text("sample"),
        StoreFailures = Flag("store_failures"),
        FailFast = Flag("fail_fast"),
        EventTimeStart = Instant("event_time_start"),
        EventTimeEnd = Instant("event_time_end"),
        Defer = Flag("defer"),
        FavorState = Flag("favor_state"),
        State = now.State ?? Text("state"),
        Macro = Text("macro"),
        MacroArguments = Map("args"),
    };

    private bool Flag(string name) => args.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    private List<string> Texts(string name) => args.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(item => item.GetString()).OfType<string>()]
        : [];

    private DateTimeOffset? Instant(string name) => Text(name) is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;

    private Dictionary<string, object?> Map(string name) =>
        args.TryGetProperty(name, out var value) && Plain(value) is Dictionary<string, object?> map ? map : [];

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(member => member.Name, member => Plain(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        _ => null,
    };
}
