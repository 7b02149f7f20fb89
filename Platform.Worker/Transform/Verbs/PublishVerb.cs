using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Worker.Transform.Publish;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Makes the metrics of a project that was built plainly the ones that readers ask.</summary>
internal static class PublishVerb
{
    private static readonly string[] Failures = ["error", "fail", "runtime error"];

    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var build = await run.PrepareAsync(run.Request, cancellationToken);
        if (FailedNode(Path.Combine(run.Arguments.TargetDirectory, "run_results.json")) is { } failed)
        {
            throw new TransformException(
                new SourceLocation("publish"), $"The last run of this project failed at {failed}. Nothing is published; build it again until all its tests pass.");
        }

        var id = await new BuiltPublication(run.DataSource, run.Time, NullLogger.Instance).PublishAsync(build, cancellationToken);
        run.Log.Write(new LogEvent(
            "CatalogPublished", "P001", EventLevel.Info, $"Published the metrics of '{build.Project.Root.Name}' as publication {id}"));
        return true;
    }

    /// <summary>A node that failed in the last run; null when none did or nothing is known of it.</summary>
    private static string? FailedNode(string results)
    {
        if (!File.Exists(results))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(results));
        return document.RootElement.TryGetProperty("results", out var nodes) && nodes.ValueKind == JsonValueKind.Array
            ? nodes.EnumerateArray().Where(node => Failures.Contains(node.GetProperty("status").GetString())).Select(node => node.GetProperty("unique_id").GetString()).FirstOrDefault()
            : null;
    }
}
