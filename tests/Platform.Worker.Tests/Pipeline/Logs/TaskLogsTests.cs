using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Logs;

namespace Platform.Worker.Tests.Pipeline.Logs;

public sealed partial class TaskLogsTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_KeepTheirOwnLogInputsOutputsAndError()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        var logger = worker.Services.GetRequiredService<ILogger<TaskLogsTests>>();
        var faults = 1;
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a")
            {
                Said(logger, $"attempt with {faults} faults left");
                await Task.Yield();
                Said(logger, "second line\0");
                if (faults-- > 0)
                {
                    throw new TimeoutException("blob storage does not answer");
                }
            }
            return new TaskOutcome(Rows: 7, new { Loaded = 7 }) { Inputs = new { File = "orders.csv" } };
        };
        Said(logger, "outside of any task");

        await RunAsync(worker, [Day]);

        var logs = worker.Services.GetRequiredService<TaskLogReader>();
        var attempts = await logs.AttemptsAsync(TestPipeline.Name, Day, "load_a", Token);
        Assert.Equal(
            ["1 failed infrastructure blob storage does not answer", "2 success  "],
            attempts.Select(attempt => $"{attempt.Attempt} {attempt.State} {attempt.ErrorClass} {attempt.Error}"));
        Assert.Equal((7, """{"file": "orders.csv"}""", """{"loaded": 7}"""), (attempts[1].Rows, attempts[1].Inputs?.GetRawText(), attempts[1].Outputs?.GetRawText()));
        Assert.Equal(RunLedger.CodeVersion, attempts[1].CodeVersion);
        var first = await logs.ReadAsync(attempts[0].Id, 0, follow: false, Token).ToListAsync(Token);
        Assert.Equal(["attempt with 1 faults left", "second line\uFFFD"], first.Take(2).Select(line => line.Message));
        Assert.Contains("attempt 1 met an infrastructure fault", first[2].Message, StringComparison.Ordinal);
        Assert.Equal([(1, "info"), (2, "info"), (3, "warning")], first.Select(line => (line.Line, line.Level)));
        var second = await logs.ReadAsync(attempts[1].Id, 2, follow: false, Token).ToListAsync(Token);
        Assert.StartsWith("load_a 2026-01-05 succeeded in", Assert.Single(second).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_OfManyDates_SharesItsLog()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);

        await RunAsync(worker, [Day, Day.AddDays(1)]);

        var logs = worker.Services.GetRequiredService<TaskLogReader>();
        foreach (var date in new[] { Day, Day.AddDays(1) })
        {
            var attempt = Assert.Single(await logs.AttemptsAsync(TestPipeline.Name, date, "build", Token));
            Assert.Single(await logs.ReadAsync(attempt.Id, 0, follow: false, Token).ToListAsync(Token));
        }
        Assert.Equal(["7 7"], await pipeline.QueryAsync("select count(distinct log_key), count(*) filter (where message like '%succeeded%') from meta.task_log"));
    }

    [Fact]
    public async Task Log_OfMoreLinesThanItKeeps_EndsAndSaysSo()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var log = new TaskLogs(pipeline.Warehouse, TimeProvider.System).Begin(1);
        for (var i = 0; i < TaskLog.MaxLines + 5; i++)
        {
            log.Add(LogLevel.Information, i == 0 ? new string('x', TaskLog.MaxLength + 1) : "line");
        }
        await log.DisposeAsync();

        Assert.Equal(
            [$"{TaskLog.MaxLines + 1} {TaskLog.MaxLines + 1} {TaskLog.MaxLength + 1}"],
            await pipeline.QueryAsync("select count(*), max(line), max(length(message)) from meta.task_log"));
    }

    [Fact]
    public async Task Stream_OfARunningAttempt_TellsLinesAsTheyComeAndItsEnd()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        await using var worker = await TestWorker.StartAsync(pipeline);
        var logger = worker.Services.GetRequiredService<ILogger<TaskLogsTests>>();
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        pipeline.Work = async (task, _, token) =>
        {
            if (task == "load_a")
            {
                Said(logger, "before");
                begun.SetResult();
                await goOn.Task.WaitAsync(token);
                Said(logger, "after");
            }
            return new TaskOutcome();
        };
        var running = RunAsync(worker, [Day]);
        await begun.Task.WaitAsync(Token);

        await using var stream = await worker.Http.GetStreamAsync("/api/v1/runs/2026-01-05/tasks/load_a/log/stream", Token);
        var seen = new List<string>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Token))
        {
            seen.Add($"{item.EventType} {JsonDocument.Parse(item.Data).RootElement.GetProperty("message")}");
            // The second line is logged only once the first has come through the stream.
            goOn.TrySetResult();
        }

        await running;
        Assert.Equal(["line before", "line after"], seen.Take(2));
        Assert.Equal("end success", seen[^1]);
        using var missing = await worker.Http.GetAsync("/api/v1/runs/2026-01-06/tasks/load_a/log/stream", Token);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, missing.StatusCode);
        var whole = JsonDocument.Parse(await worker.Http.GetStringAsync("/api/v1/runs/2026-01-05/tasks/load_a/log?after=1", Token)).RootElement;
        Assert.Equal("after", whole.GetProperty("lines")[0].GetProperty("message").GetString());
    }

    private static async Task RunAsync(TestWorker worker, DateOnly[] dates)
    {
        var runner = worker.Services.GetRequiredService<PipelineRunner>();
        await runner.QueueAsync(dates, RunTrigger.Manual, again: true, force: false, Token);
        await runner.WorkAsync(dates, new WorkOptions(), null, Token);
    }

    [LoggerMessage(1, LogLevel.Information, "{Words}")]
    private static partial void Said(ILogger logger, string words);
}
