using System.Net.Http.Json;
using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline.Faults;

/// <summary>A data date that fails however often it is tried, in a Worker with its scheduler.</summary>
public sealed class PoisonPartitionTests(EmbeddedServers servers)
{
    private static readonly DateOnly Poison = new(2026, 1, 6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("data", 1)]
    [InlineData("infrastructure", 3)]
    [InlineData("unexpected", 1)]
    public async Task Worker_OneDateAlwaysFails_OthersGoOnAndItsAttemptsAreBounded(string fault, int attempts)
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Work = (task, dates, _) => task == "load_a" && dates.From == Poison
            ? throw (fault switch
            {
                "data" => new DataFaultException("poison"),
                "infrastructure" => new TimeoutException("poison"),
                _ => new InvalidOperationException("poison"),
            })
            : Task.FromResult(new TaskOutcome());
        // Whatever looks for work does so all the time.
        await using var worker = await TestWorker.StartAsync(
            pipeline, settings: [("Pipeline:MaxRetries", "2"), ("Pipeline:ResumeInterval", "00:00:05"), ("Pipeline:ArrivalInterval", "00:00:01"), ("Pipeline:CorrectionInterval", "00:00:01")]);
        await worker.SchedulerAsync();

        await RunAsync(new { from = "2026-01-05", to = "2026-01-08" }, 4);
        await RunAsync(new { from = "2026-01-09", to = "2026-01-10" }, 6);

        Assert.Equal(
            ["2026-01-05 success", "2026-01-06 failed", "2026-01-07 success", "2026-01-08 success", "2026-01-09 success", "2026-01-10 success"],
            (await pipeline.RunsAsync()).Select(run => string.Join(' ', run.Split(' ')[..2])));
        Assert.Equal(["failed " + fault], await pipeline.QueryAsync($"select state, error_class from meta.pipeline_run where data_date = '{Poison:O}'"));
        Assert.Equal(attempts, pipeline.Calls.Count(call => call.Task == "load_a" && call.Dates.From == Poison));
        Assert.Equal([$"{attempts}"], await pipeline.QueryAsync($"select count(*) from meta.task_attempt where data_date = '{Poison:O}' and task = 'load_a' and state = 'failed'"));

        async Task RunAsync(object range, int runs)
        {
            using var posted = await worker.Http.PostAsJsonAsync("/api/v1/backfills", range, Token);
            posted.EnsureSuccessStatusCode();
            await TestWorker.UntilAsync(async () =>
                (await worker.Http.GetFromJsonAsync<JsonElement>("/api/v1/runs?limit=30", Token)).GetProperty("runs").EnumerateArray()
                    .Count(run => run.GetProperty("state").GetString() is "success" or "failed") == runs);
        }
    }
}
