using System.Globalization;
using System.Text.Json;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Verbs;

/// <summary>
/// What <c>retry</c> does: the verb and flags of the last run, and of its nodes those that failed or were skipped
/// (https://docs.getdbt.com/reference/commands/retry).
/// </summary>
internal static class RetryArguments
{
    private static readonly string[] Retryable = ["error", "fail", "skipped", "runtime error", "partial success"];

    private static readonly TransformVerb[] Verbs =
    [
        TransformVerb.Build, TransformVerb.Compile, TransformVerb.Clone, TransformVerb.DocsGenerate, TransformVerb.Seed, TransformVerb.Snapshot,
        TransformVerb.Test, TransformVerb.Run, TransformVerb.RunOperation,
    ];

    /// <param name="given">The command line of retry.</param>
    /// <param name="results">run_results.json of the last run.</param>
    /// <param name="overrides">What the command line of retry may change: variables and full refresh when given.</param>
    /// <exception cref="TransformException">There is no such file, or its verb cannot be retried.</exception>
    public static VerbArguments Read(VerbArguments given, string results, RetryOverrides overrides)
    {
        if (!File.Exists(results))
        {
            throw new TransformException(
                new SourceLocation("retry"), $"Could not find previous run in '{Path.GetDirectoryName(results)}' target directory. Run the verb itself.");
        }

        using var file = JsonDocument.Parse(File.ReadAllBytes(results));
        var previous = new PreviousFlags(file.RootElement.GetProperty("args"));
        if (TransformVerbs.Find(previous.Text("which") ?? "") is not { } verb || !Verbs.Contains(verb))
        {
            throw new TransformException(new SourceLocation(results), $"the last run was '{previous.Text("which")}', which cannot be retried.");
        }

        var retryable = given.Flags.WarnError ? [.. Retryable, "warn"] : Retryable;
        var nodes = new HashSet<string>();
        var batches = new Dictionary<string, BatchResults>();
        foreach (var result in file.RootElement.GetProperty("results").EnumerateArray())
        {
            var id = result.GetProperty("unique_id").GetString()!;
            if (id.StartsWith("operation.", StringComparison.Ordinal) || !retryable.Contains(result.GetProperty("status").GetString()))
            {
                continue;
            }

            nodes.Add(id);
            if (Batches(result) is { Successful.Count: > 0, Failed.Count: > 0 } some)
            {
                batches[id] = some;
            }
        }

        var flags = previous.Apply(given.Flags, verb, overrides);
        return given with
        {
            Verb = verb,
            Flags = flags,
            Request = given.Request with
            {
                Verb = verb,
                Flags = flags,
                Nodes = nodes,
                PreviousBatches = batches,
                Select = flags.Select,
                Exclude = flags.Exclude,
                Vars = flags.Vars,
                Threads = flags.Threads,
                FullRefresh = flags.FullRefresh,
                Empty = flags.Empty,
                Sample = flags.Sample,
                StoreFailures = flags.StoreFailures,
                FailFast = flags.FailFast,
                EventTimeStart = flags.EventTimeStart,
                EventTimeEnd = flags.EventTimeEnd,
                Defer = flags.Defer,
                FavorState = flags.FavorState,
                StateDirectory = flags.State,
            },
        };
    }

    private static BatchResults? Batches(JsonElement result) =>
        result.TryGetProperty("batch_results", out var batches) && batches.ValueKind is JsonValueKind.Object
            ? new BatchResults(Windows(batches.GetProperty("successful")), Windows(batches.GetProperty("failed")))
            : null;

    private static List<(DateTimeOffset Start, DateTimeOffset End)> Windows(JsonElement windows) =>
        [.. windows.EnumerateArray().Select(window => (Instant(window[0]), Instant(window[1])))];

    private static DateTimeOffset Instant(JsonElement text) =>
        DateTimeOffset.Parse(text.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

/// <summary>What the command line of <c>retry</c> says itself.</summary>
internal sealed record RetryOverrides(IReadOnlyDictionary<string, object?>? Vars, int? Threads, bool? FullRefresh);
