using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Tests.Pipeline;

namespace Platform.Worker.Tests.Operate.Cli.Runs;

/// <summary><c>runs diff</c> of real runs; the numbers are counted in the landed files.</summary>
public sealed class RunsDiffTests(EmbeddedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Diff_AfterACorrectionAndAModelChange_TellsRowsMetricsAndWhy()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("run --date 2026-01-30");
        await system.RunAsync("run --date 2026-01-31");
        var settings = system.Settings();
        settings["Generator__Enabled"] = "false";
        var (lines, opened) = await BreakAnOpenedTicketAsync(system);
        Assert.Equal(0, (await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token)).ExitCode);

        var corrected = await DiffAsync(system, "runs diff 2026-01-30 --json");

        var load = Assert.Single(corrected.GetProperty("loads").EnumerateArray());
        Assert.Equal(
            ("corrected", "support_tickets", "2026-01-30", lines, lines - 1, 0, 1),
            (load.GetProperty("kind").GetString(), load.GetProperty("dataset").GetString(), load.GetProperty("data_date").GetString(),
                load.GetProperty("rows_before").GetInt32(), load.GetProperty("rows_after").GetInt32(), load.GetProperty("quarantined_before").GetInt32(),
                load.GetProperty("quarantined_after").GetInt32()));
        var metric = Assert.Single(corrected.GetProperty("metrics").EnumerateArray());
        Assert.Equal(
            ("tickets_opened", opened, opened - 1, "corrected rows"),
            (metric.GetProperty("metric").GetString(), metric.GetProperty("before").GetInt32(), metric.GetProperty("after").GetInt32(), Why(metric)));
        Assert.Equal("2026-01-30", Assert.Single(metric.GetProperty("dates").EnumerateArray()).GetProperty("date").GetString());
        var models = corrected.GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("relation").GetString()!);
        Assert.Equal("corrected rows", Why(models["analytics.mart_support_daily"]));
        Assert.Equal(1, Rows(models["analytics.fct_tickets"], "rows_before") - Rows(models["analytics.fct_tickets"], "rows_after"));
        Assert.Equal("", Why(models["analytics.fct_order_lines"]));
        // Rows that are counted up from deltas are those that are there.
        foreach (var (relation, model) in models.Where(model => model.Value.GetProperty("rows_after").ValueKind is JsonValueKind.Number))
        {
            Assert.True(await system.HoldsAsync($"(select count(*) from {relation}) = {Rows(model, "rows_after")}"), relation);
        }

        using var project = new ProjectCopy();
        await File.AppendAllTextAsync(Path.Combine(project.Folder, "models", "marts", "sales", "fct_order_lines.sql"), "\n-- another text\n", Token);
        settings["Transform__ProjectDirectory"] = project.Folder;
        Assert.Equal(0, (await WorkerProcess.RunAsync(["run", "--date", "2026-01-30"], settings, Token)).ExitCode);

        var changed = await DiffAsync(system, "runs diff 2026-01-30 --json");
        var text = await system.RunAsync("runs diff 2026-01-31 2026-01-30");

        Assert.Empty(changed.GetProperty("loads").EnumerateArray());
        Assert.Empty(changed.GetProperty("metrics").EnumerateArray());
        models = changed.GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("relation").GetString()!);
        Assert.Equal("analytics.fct_order_lines", Assert.Single(models, model => model.Value.GetProperty("code_changed").GetBoolean()).Key);
        Assert.Equal(("model change", ""), (Why(models["analytics.mart_sales_daily"]), Why(models["analytics.fct_tickets"])));
        Assert.Contains($"corrected operations.support_tickets 2026-01-30: {lines} -> {lines - 1} rows, 0 -> 1 in quarantine", text, StringComparison.Ordinal);
        Assert.Contains("model change analytics.fct_order_lines", text, StringComparison.Ordinal);
        Assert.Contains($"tickets_opened\t2026-01-30\t{opened}\t{opened - 1}\t-1\tcorrected rows", text, StringComparison.Ordinal);
    }

    /// <summary>Lands the tickets again, with one that was opened no longer fit for its contract.</summary>
    /// <returns>The rows of the file, and those of tickets that were opened.</returns>
    private static async Task<(int Lines, int Opened)> BreakAnOpenedTicketAsync(TestSystem system)
    {
        var file = system.Landing.GetBlobClient("operations/20260130/support_tickets.csv");
        var manifest = system.Landing.GetBlobClient("operations/20260130/_manifest.json");
        var content = (await file.DownloadContentAsync(Token)).Value.Content.ToArray();
        var lines = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var broken = string.Join('\n', lines.Select((line, at) => at == Array.FindIndex(lines, IsOpened) ? 'X' + line[1..] : line)) + "\n";
        var json = (await manifest.DownloadContentAsync(Token)).Value.Content.ToString().Replace(
            Convert.ToHexStringLower(SHA256.HashData(content)), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(broken))), StringComparison.Ordinal);
        await file.UploadAsync(new BinaryData(broken), overwrite: true, Token);
        await manifest.UploadAsync(new BinaryData(json), overwrite: true, Token);
        return (lines.Length - 1, lines.Count(IsOpened));

        static bool IsOpened(string line) => line.Contains(",opened,", StringComparison.Ordinal);
    }

    private static int Rows(JsonElement model, string property) => model.GetProperty(property).GetInt32();

    private static string Why(JsonElement change) => string.Join(", ", change.GetProperty("why").EnumerateArray().Select(reason => reason.GetString()));

    private static async Task<JsonElement> DiffAsync(TestSystem system, string arguments) => JsonDocument.Parse(await system.RunAsync(arguments)).RootElement;
}
