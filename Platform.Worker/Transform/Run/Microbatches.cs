using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>Decides how a microbatch model is run in a build: which batches, on what, and whether side by side.</summary>
internal sealed class Microbatches(BuildState build)
{
    /// <summary>The batches that are to be run, and what they are run on.</summary>
    /// <exception cref="TransformException">The model lacks a setting.</exception>
    public MicrobatchRun Plan(NodeRun run, PostgresSession session)
    {
        if (run.Delta is { } delta)
        {
            // What was built of the new rows does not fit the published table.
            session.Execute($"drop table if exists {delta.Qualified}");
            run.Delta = null;
        }

        if (run.Node.Rollup is not null && FactsWindow(run) is null)
        {
            run.FullRefresh = true;
        }

        var existing = build.Relations.Find(session, run.Published.Schema!, run.Published.Identifier!);
        var incremental = existing?.Type is RelationType.Table && !run.FullRefresh && !(run.Node.Config.FullRefresh ?? build.Request.FullRefresh);
        if (build.BuildsCandidates && incremental)
        {
            run.Delta = CandidateNames.DeltaOf(run.Relation);
        }

        var windows = build.Request.RetryBatches.TryGetValue(run.Node.UniqueId, out var before)
            ? MicrobatchPlan.Retry(run.Node, before.Failed)
            : run.Node.Rollup is null ? Windows(run, incremental)
            : [incremental ? FactsWindow(run)! : EverWindow];
        return new MicrobatchRun(run, windows, IsConcurrent(run)) { IsIncremental = incremental };
    }

    private static MicrobatchWindow EverWindow => new("ever", DateTimeOffset.MinValue, DateTimeOffset.MaxValue) { Name = "all", IsFirst = true, IsLast = true };

    /// <summary>
    /// What this build replaces in the published table of a rollup's facts, in one batch. Null when it is built whole, or when the published rollup is
    /// not one of the published facts: then all of it is made again.
    /// </summary>
    private MicrobatchWindow? FactsWindow(NodeRun rollup)
    {
        var facts = build.Project.Graph.Parents(rollup.Node.UniqueId).Select(build.Find).FirstOrDefault(parent => parent is { Node.Rollup: null });
        if (facts is not { IsBuilt: true, PublishSql: not null, Result.Batches.Successful: { Count: > 0 } batches }
            || !build.PublishedRollups.Contains((rollup.Node.Schema, rollup.Node.Alias)))
        {
            return null;
        }

        var (start, end) = (batches.Min(batch => batch.Start), batches.Max(batch => batch.End));
        return new MicrobatchWindow("facts", start, end) { Name = $"{start:yyyy-MM-dd} to {end:yyyy-MM-dd}", IsFirst = true, IsLast = true };
    }

    private IReadOnlyList<MicrobatchWindow> Windows(NodeRun run, bool incremental)
    {
        var (request, now) = (build.Request, build.Invocation.StartedAt);
        var sample = build.Invocation.Sample;
        var (start, end) = (sample?.Start ?? request.EventTimeStart, sample?.End ?? request.EventTimeEnd);
        if (start is null && end is null && request.To is { } to)
        {
            // The data dates of the build; what is built from nothing has all dates there are.
            var dates = (Start: request.From is { } from ? Midnight(from) : (DateTimeOffset?)null, End: Midnight(to.AddDays(1)));
            start = incremental ? dates.Start : null;
            end = incremental || dates.End > now ? dates.End : null;
        }

        var windows = MicrobatchPlan.Make(run.Node, incremental, start, end, now);
        return build.BuildsCandidates && !incremental && IsBuiltAtOnce(run.Node) ? [MicrobatchPlan.Join(windows)] : windows;
    }

    /// <summary>
    /// Whether the model asks to be built from nothing in one batch: <c>meta: {first_build: one_batch}</c>. A batch for each day since
    /// <c>begin</c> is slow where most of them are empty or small.
    /// </summary>
    private static bool IsBuiltAtOnce(Node node) => node.Config.Meta.TryGetValue("first_build", out var batches) && batches is "one_batch";

    /// <summary>
    /// New rows of candidates are only added, so their batches get along with each other unless the model reads itself. In a plain build they
    /// are merged by key, as by dbt-postgres, which runs them in turn: side by side only when the model says so.
    /// </summary>
    private bool IsConcurrent(NodeRun run) => run.Node.Config.Flag("concurrent_batches")
        ?? (build.BuildsCandidates && !ModelText.MentionsThis(run.Node.RawCode));

    private static DateTimeOffset Midnight(DateOnly date) => new(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
