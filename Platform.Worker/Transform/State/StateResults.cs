using System.Text.Json;

namespace Platform.Worker.Transform.State;

/// <summary>run_results.json of an earlier run.</summary>
internal sealed class StateResults
{
    public const string FileName = "run_results.json";

    private StateResults(JsonElement json)
    {
        Json = json;
        Statuses = (((JsonElement?)json).Member("results") is { ValueKind: JsonValueKind.Array } results ? results.EnumerateArray() : default)
            .Where(result => result.Text("unique_id") is not null).DistinctBy(result => result.Text("unique_id"))
            .ToDictionary(result => result.Text("unique_id")!, result => result.Text("status") ?? "");
    }

    /// <summary>The whole file.</summary>
    public JsonElement Json { get; }

    /// <summary>How each node ended, by unique id: success, error, fail, warn, pass, skipped, ...</summary>
    public IReadOnlyDictionary<string, string> Statuses { get; }

    /// <exception cref="TransformException">The file is none of run results, or of another version.</exception>
    public static StateResults? Read(string path) => StateArtifact.Read(path, "run-results", oldest: 1, newest: 6) is { } json ? new StateResults(json) : null;
}
