using System.Net;
using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Diffs;

namespace Platform.Worker.Tests.Pipeline.Diffs;

/// <summary>What is told between two publications, and why, from records that the test writes.</summary>
public sealed class RunDiffsTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("new", "new rows")]
    [InlineData("corrected", "corrected rows")]
    [InlineData("rules", "rule change")]
    [InlineData("rules and content", "corrected rows, rule change")]
    [InlineData("reloaded", "reload")]
    [InlineData("late", "late rows, new rows")]
    [InlineData("replayed", "quarantine")]
    [InlineData("code", "model change")]
    [InlineData("code below", "model change")]
    [InlineData("elsewhere", "")]
    public async Task Change_OfAModelAndItsMetric_HasItsReason(string what, string why)
    {
        await using var pipeline = await CreateAsync();
        await LoadAsync(pipeline, 5, "content", "1.0.0");
        await PublishAsync(pipeline, 1, 10, "a", "a");
        switch (what)
        {
            case "new":
                await LoadAsync(pipeline, 6, "other", "1.0.0");
                break;
            case "corrected":
                await LoadAsync(pipeline, 5, "other", "1.0.0");
                break;
            case "rules":
                await LoadAsync(pipeline, 5, "content", "1.1.0");
                break;
            case "rules and content":
                await LoadAsync(pipeline, 5, "other", "1.1.0");
                break;
            case "reloaded":
                await LoadAsync(pipeline, 5, "content", "1.0.0");
                break;
            case "late":
                await LoadAsync(pipeline, 6, "other", "1.0.0");
                await pipeline.QueryAsync("insert into meta.late_row (load_id, domain, dataset, partition, data_date, rows) values (2, 'a', 'orders', '2026-01-06', '2026-01-05', 3)");
                break;
            case "replayed":
                await pipeline.QueryAsync("""
                    insert into meta.quarantine (load_id, domain, dataset, partition, file, line, rule, message, raw_line, state, raw_sha256, changed_at)
                    values (1, 'a', 'orders', '2026-01-05', 'orders.csv', 2, 'required', 'x', 'x', 'replayed', '', now());
                    insert into meta.quarantine_action (action, acted_by, acted_at, why, rows) values ('replay', 'x', now(), 'x', 1);
                    insert into meta.quarantine_action_row (quarantine_id, action_id, outcome) values (1, 1, 'replayed')
                    """);
                break;
            case "elsewhere":
                await LoadAsync(pipeline, 6, "other", "1.0.0", dataset: "returns");
                break;
        }
        await PublishAsync(pipeline, 2, 12, what == "code below" ? "b" : "a", what == "code" ? "b" : "a");

        var diff = await DiffsAsync(pipeline).OfRunAsync("2026-01-02", Token);

        Assert.Equal((1L, 2L), (diff.Before!.Publication, diff.After.Publication));
        var mart = diff.Models.Single(model => model.UniqueId == "model.shop.mart");
        Assert.Equal((10, 12, 5, 3, why), (mart.RowsBefore, mart.RowsAfter, mart.Added, mart.Removed, string.Join(", ", mart.Why)));
        var revenue = Assert.Single(diff.Metrics);
        Assert.Equal(("revenue", "Revenue", 100.50m, 120.25m, why), (revenue.Metric, revenue.Label, revenue.Before, revenue.After, string.Join(", ", revenue.Why)));
        Assert.Equal([new MetricDateChange(new(2026, 1, 5), 100.50m, 120.25m)], revenue.Dates);
    }

    [Fact]
    public async Task Runs_AreNamedByDateOrAttempt_AndComparedWhicheverComesFirst()
    {
        await using var pipeline = await CreateAsync();
        await PublishAsync(pipeline, 1, 10, "a", "a");
        await PublishAsync(pipeline, 2, 12, "a", "a");
        await PublishAsync(pipeline, 3, 17, "b", "a");
        var diffs = DiffsAsync(pipeline);
        var attempts = await pipeline.QueryAsync("select attempt_id from meta.task_attempt order by attempt_id");

        var one = await diffs.BetweenAsync("2026-01-01", attempts[2], Token);
        var other = await diffs.BetweenAsync("2026-01-03", attempts[0], Token);
        var first = await diffs.OfRunAsync("2026-01-01", Token);

        Assert.Equal((1L, 3L), (one.Before!.Publication, one.After.Publication));
        Assert.Equal(JsonSerializer.Serialize(one), JsonSerializer.Serialize(other));
        var mart = one.Models.Single(model => model.UniqueId == "model.shop.mart");
        Assert.Equal((10, 17, 10, 6), (mart.RowsBefore, mart.RowsAfter, mart.Added, mart.Removed));
        Assert.Equal([new MetricDateChange(new(2026, 1, 5), 100.50m, 170.25m)], Assert.Single(one.Metrics).Dates);
        Assert.Null(first.Before);
        Assert.Equal((null, 10), (first.Models[^1].RowsBefore, first.Models[^1].RowsAfter));
        Assert.Null(Assert.Single(first.Metrics).Before);
        foreach (var (run, reason) in ((string, string)[])[("2026-01-09", "has published anything"), ("4711", "is no attempt"), ("yesterday", "neither a data date")])
        {
            Assert.Contains(reason, (await Assert.ThrowsAsync<ConfigurationFaultException>(() => diffs.OfRunAsync(run, Token))).Message, StringComparison.Ordinal);
        }
        Assert.Contains(
            "were published together", (await Assert.ThrowsAsync<ConfigurationFaultException>(() => diffs.BetweenAsync("2026-01-03", attempts[2], Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_TellsTheDiff_AndRefusesWhatIsNoRun()
    {
        await using var pipeline = await CreateAsync();
        await PublishAsync(pipeline, 1, 10, "a", "a");
        await PublishAsync(pipeline, 2, 12, "a", "a");
        await using var worker = await TestWorker.StartAsync(pipeline);
        await worker.SchedulerAsync();

        using var diff = JsonDocument.Parse(await worker.Http.GetStringAsync("/api/v1/runs/2026-01-02/diff", Token));
        using var same = JsonDocument.Parse(await worker.Http.GetStringAsync("/api/v1/runs/2026-01-02/diff?with=2026-01-01", Token));
        using var refused = await worker.Http.GetAsync("/api/v1/runs/2026-01-09/diff", Token);

        Assert.Equal(diff.RootElement.GetRawText(), same.RootElement.GetRawText());
        Assert.Equal(120.25m, diff.RootElement.GetProperty("metrics")[0].GetProperty("dates")[0].GetProperty("after").GetDecimal());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private async Task<TestPipeline> CreateAsync() => await TestPipeline.CreateAsync(servers);

    private static RunDiffs DiffsAsync(TestPipeline pipeline) => new(pipeline.Definition, pipeline.Statements());

    private static Task LoadAsync(TestPipeline pipeline, int day, string content, string contract, string dataset = "orders") => pipeline.QueryAsync($"""
        update meta.partition_load set current = false where dataset = '{dataset}' and partition = '2026-01-{day:00}';
        insert into meta.partition_load (domain, dataset, partition, file, content_sha256, contract_version, contract_sha256,
            file_rows, loaded_rows, quarantined_rows, started_at, loaded_at, current)
        values ('a', '{dataset}', '2026-01-{day:00}', '{dataset}.csv', '{content}', '{contract}', '{contract}', 1, 1, 0, now(), now(), true)
        """);

    /// <summary>A publication of the n-th of January: a staging model and a mart on it, whose metric is ten times the rows and a bit.</summary>
    private static Task PublishAsync(TestPipeline pipeline, int n, int rows, string below, string mart) => pipeline.QueryAsync($$"""
        insert into meta.invocation (invocation_id, started_at) values ('00000000-0000-0000-0000-00000000000{{n}}', now());
        update meta.publication set is_current = false;
        insert into meta.publication (published_at, invocation_id, data_date_from, data_date_to, semantic_manifest, manifest, is_current, results_recorded)
        values (now(), '00000000-0000-0000-0000-00000000000{{n}}', '2026-01-{{n:00}}', '2026-01-{{n:00}}', '{}', '{"models": []}', true, true);
        insert into meta.publication_model (publication_id, unique_id, relation, built, rows, rows_added, rows_removed, code_sha256, reads, sources)
        values ({{n}}, 'model.shop.below', 'analytics.below', 'delta', 1, 1, 1, '{{below}}', '{}', '{a.orders}'),
               ({{n}}, 'model.shop.mart', 'analytics.mart', 'delta', {{rows}}, 5, 3, '{{mart}}', '{model.shop.below}', '{a.orders}');
        insert into meta.recorded_metric (metric, publication_id, definition_sha256, unique_id, label)
        select 'revenue', 1, 'x', 'model.shop.mart', 'Revenue' where {{n}} = 1;
        insert into meta.metric_value (metric, data_date, publication_id, value)
        values ('revenue', '2026-01-05', {{n}}, {{rows}} * 10 + {{(n == 1 ? "0.50" : "0.25")}}), ('revenue', '2026-01-04', {{n}}, 7);
        insert into meta.pipeline_run (pipeline, data_date, state, trigger, requested_at) values ('{{TestPipeline.Name}}', '2026-01-{{n:00}}', 'success', 'manual', now());
        insert into meta.task_attempt (pipeline, data_date, task, attempt, state, worker, started_at, detail)
        values ('{{TestPipeline.Name}}', '2026-01-{{n:00}}', 'build', 1, 'success', 'x', now(), '{"publication_id": {{n}}}')
        """);
}
