using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.State;

/// <summary>Reads an artifact and checks that it is of a version that is understood.</summary>
internal static partial class StateArtifact
{
    /// <param name="path">The file.</param>
    /// <param name="kind">What the schema's address calls it: manifest, run-results or sources.</param>
    /// <param name="oldest">The oldest version that is understood.</param>
    /// <param name="newest">The newest.</param>
    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="TransformException">The file is no such artifact.</exception>
    public static JsonElement? Read(string path, string kind, int oldest, int newest)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var at = new SourceLocation(path);
        try
        {
            using var stream = File.OpenRead(path);
            using var document = JsonDocument.Parse(stream);
            var schema = document.RootElement.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("dbt_schema_version", out var version)
                ? version.GetString() ?? "" : "";
            return Schema().Match(schema) is { Success: true } match && match.Groups["kind"].Value == kind
                && int.TryParse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture, out var number) && number >= oldest && number <= newest
                ? document.RootElement.Clone()
                : throw new TransformException(
                    at, $"Expected a schema version of {kind} v{oldest} to v{newest}, but found '{schema}'. Write the file again with a version of dbt that has it.");
        }
        catch (JsonException fault)
        {
            throw new TransformException(at, $"not a readable artifact: {fault.Message} Write it again, or give another folder with --state.", fault);
        }
    }

    public static string? Text(this JsonElement json, string key) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    public static JsonElement? Member(this JsonElement? json, string key) =>
        json is { ValueKind: JsonValueKind.Object } map && map.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    public static IEnumerable<JsonProperty> Members(this JsonElement? json) => json is { ValueKind: JsonValueKind.Object } map ? map.EnumerateObject() : [];

    [GeneratedRegex(@"/dbt/(?<kind>[a-z-]+)/v(?<version>\d+)\.json$")]
    private static partial Regex Schema();
}
