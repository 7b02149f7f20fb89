using System.Text.Json;

namespace Platform.Worker.Transform.State;

/// <summary>Compares values of manifests; what is null, missing, empty, or a mapping of nulls is the same, because versions differ in what they write out.</summary>
internal static class EntryValues
{
    public static bool Same(JsonElement? first, JsonElement? second)
    {
        if (IsNothing(first) || IsNothing(second))
        {
            return IsNothing(first) && IsNothing(second);
        }

        var (one, other) = (first!.Value, second!.Value);
        if (one.ValueKind != other.ValueKind)
        {
            return false;
        }

        return one.ValueKind switch
        {
            JsonValueKind.Object => one.EnumerateObject().Select(member => member.Name).Union(other.EnumerateObject().Select(member => member.Name))
                .All(name => Same(first.Member(name), second.Member(name))),
            JsonValueKind.Array => one.GetArrayLength() == other.GetArrayLength()
                && one.EnumerateArray().Zip(other.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
            _ => JsonElement.DeepEquals(one, other),
        };
    }

    public static bool Same(JsonElement? first, JsonElement? second, params IEnumerable<string> keys) =>
        keys.All(key => Same(first.Member(key), second.Member(key)));

    private static bool IsNothing(JsonElement? value) => value is not { } json || json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
        || (json.ValueKind is JsonValueKind.Array && json.GetArrayLength() == 0)
        || (json.ValueKind is JsonValueKind.Object && json.EnumerateObject().All(member => IsNothing(member.Value)));
}
