using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Some rows of every seed that was loaded: <c>seed --show</c>.</summary>
internal static class SeedSamples
{
    private const int Rows = 10;

    public static Task<bool> ShowAsync(VerbRun run, BuildState build, CancellationToken cancellationToken) => run.Engine.UseSessionAsync(
        build,
        session =>
        {
            foreach (var seed in build.Runs.Where(seed => seed.Node.ResourceType is ResourceType.Seed && seed.Result?.Status is NodeStatus.Success))
            {
                var header = $"Random sample of table: {seed.Node.Schema}.{seed.Node.Alias}";
                run.Log.Space();
                run.Log.Write(new LogEvent("SeedHeader", "Q004", EventLevel.Info, header));
                run.Log.Write(new LogEvent("SeedHeader", "Q004", EventLevel.Info, new string('-', header.Length)));
                run.Log.Result(TextTable.Of(session.Query($"select * from {seed.Published.Qualified} order by random() limit {Rows}")));
            }

            return true;
        },
        cancellationToken);
}
