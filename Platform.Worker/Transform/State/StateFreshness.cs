using System.Globalization;
using System.Text.Json;

namespace Platform.Worker.Transform.State;

/// <summary>sources.json: when the tables of sources were last loaded.</summary>
internal sealed class StateFreshness
{
    public const string FileName = "sources.json";

    private StateFreshness(JsonElement json) => LoadedAt =
        (((JsonElement?)json).Member("results") is { ValueKind: JsonValueKind.Array } results ? results.EnumerateArray() : default)
            .Where(result => result.Text("unique_id") is not null).DistinctBy(result => result.Text("unique_id"))
            .ToDictionary(result => result.Text("unique_id")!, result => Instant(result.Text("max_loaded_at")));

    /// <summary>By unique id; null when it could not be found out.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset?> LoadedAt { get; }

    /// <exception cref="TransformException">The file is none of freshness results, or of another version.</exception>
    public static StateFreshness? Read(string path) => StateArtifact.Read(path, "sources", oldest: 1, newest: 3) is { } json ? new StateFreshness(json) : null;

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
