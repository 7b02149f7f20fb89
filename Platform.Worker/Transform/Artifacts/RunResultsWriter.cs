using System.Text.Json;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Profiles;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>run_results.json, version 6 (https://docs.getdbt.com/reference/artifacts/run-results-json).</summary>
internal static class RunResultsWriter
{
    public const string FileName = "run_results.json";

    public static void Write(
        Stream stream, Invocation invocation, IEnumerable<NodeResult> results, TimeSpan elapsed, DateTimeOffset generatedAt)
    {
        using var json = ArtifactJson.Open(stream);
        json.WriteStartObject();
        ArtifactMetadata.Write(json, "run-results/v6", invocation, generatedAt);
        json.WriteStartArray("results");
        foreach (var result in results)
        {
            Write(json, result);
        }

        json.WriteEndArray();
        json.WriteNumber("elapsed_time", elapsed.TotalSeconds);
        ArtifactJson.Write(json, "args", invocation.Flags.ToArguments());
        json.WriteEndObject();
    }

    /// <summary>The phases that a node went through.</summary>
    public static void WriteTiming(Utf8JsonWriter json, NodeResult result)
    {
        json.WriteStartArray("timing");
        Write(json, "compile", result.Compile);
        Write(json, "execute", result.Execute);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, NodeResult result)
    {
        var compiles = result.ResourceType != ResourceType.Seed.Name();
        json.WriteStartObject();
        json.WriteString("status", Status(result.Status));
        WriteTiming(json, result);
        json.WriteString("thread_id", result.ThreadId);
        json.WriteNumber("execution_time", result.Duration.TotalSeconds);
        WriteResponse(json, result.AdapterResponse);
        json.WriteString("message", result.Message is null ? null : Secrets.Scrub(result.Message));
        ArtifactJson.Write(json, "failures", result.Failures);
        json.WriteString("unique_id", result.UniqueId);
        ArtifactJson.Write(json, "compiled", compiles ? result.CompiledCode is not null : null);
        json.WriteString("compiled_code", compiles ? result.CompiledCode : null);
        json.WriteString("relation_name", compiles ? result.RelationName : null);
        Write(json, result.Batches);
        json.WriteEndObject();
    }

    /// <summary>The schema knows neither no-op nor reused: what had nothing to do went well.</summary>
    private static string Status(NodeStatus status) => (status is NodeStatus.NoOp or NodeStatus.Reused ? NodeStatus.Success : status).Word();

    private static void Write(Utf8JsonWriter json, string phase, NodeTiming? timing)
    {
        if (timing is { } known)
        {
            json.WriteStartObject();
            json.WriteString("name", phase);
            json.WriteString("started_at", ArtifactJson.Timestamp(known.StartedAt));
            json.WriteString("completed_at", ArtifactJson.Timestamp(known.CompletedAt));
            json.WriteEndObject();
        }
    }

    public static void WriteResponse(Utf8JsonWriter json, AdapterResponse? response)
    {
        json.WriteStartObject("adapter_response");
        if (response is not null)
        {
            json.WriteString("_message", response.Message);
            if (response.Code is not null)
            {
                json.WriteString("code", response.Code);
            }

            if (response.RowsAffected is { } rows)
            {
                json.WriteNumber("rows_affected", rows);
            }
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BatchResults? batches)
    {
        if (batches is null)
        {
            json.WriteNull("batch_results");
            return;
        }

        json.WriteStartObject("batch_results");
        Write(json, "successful", batches.Successful);
        Write(json, "failed", batches.Failed);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> batches)
    {
        json.WriteStartArray(name);
        foreach (var (start, end) in batches)
        {
            json.WriteStartArray();
            json.WriteStringValue(ArtifactJson.IsoFormat(start));
            json.WriteStringValue(ArtifactJson.IsoFormat(end));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
