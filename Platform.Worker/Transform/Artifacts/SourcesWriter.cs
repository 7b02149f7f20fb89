using System.Text.Json;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>sources.json, version 3 (https://docs.getdbt.com/reference/artifacts/sources-json): what <c>source freshness</c> found.</summary>
internal static class SourcesWriter
{
    public const string FileName = "sources.json";

    public static void Write(Stream stream, Invocation invocation, IEnumerable<SourceResult> results, TimeSpan elapsed, DateTimeOffset generatedAt)
    {
        using var json = ArtifactJson.Open(stream);
        json.WriteStartObject();
        ArtifactMetadata.Write(json, "sources/v3", invocation, generatedAt);
        json.WriteStartArray("results");
        foreach (var result in results)
        {
            Write(json, result);
        }

        json.WriteEndArray();
        json.WriteNumber("elapsed_time", elapsed.TotalSeconds);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SourceResult source)
    {
        var result = source.Result;
        json.WriteStartObject();
        json.WriteString("unique_id", result.UniqueId);
        if (source is { MaxLoadedAt: { } loaded, SnapshottedAt: { } asked, Age: { } age })
        {
            json.WriteString("max_loaded_at", ArtifactJson.IsoFormat(loaded));
            json.WriteString("snapshotted_at", ArtifactJson.IsoFormat(asked));
            json.WriteNumber("max_loaded_at_time_ago_in_s", age.TotalSeconds);
            json.WriteString("status", result.Status.Word());
            ArtifactJson.Write(json, "criteria", ManifestSource.Freshness(source.Criteria));
            RunResultsWriter.WriteResponse(json, result.AdapterResponse);
            RunResultsWriter.WriteTiming(json, result);
            json.WriteString("thread_id", result.ThreadId);
            json.WriteNumber("execution_time", result.Duration.TotalSeconds);
        }
        else
        {
            json.WriteString("error", result.Message);
            json.WriteString("status", NodeStatus.RuntimeError.Word());
        }

        json.WriteEndObject();
    }
}
