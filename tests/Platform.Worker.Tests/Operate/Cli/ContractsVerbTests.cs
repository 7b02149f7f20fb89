using System.Text.Json;

namespace Platform.Worker.Tests.Operate.Cli;

/// <summary>The verbs of contracts, as processes without any server.</summary>
public sealed class ContractsVerbTests : IDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];
    private static readonly string Accepted = Path.Combine(AppContext.BaseDirectory, "Contracts", "Accepted", "parcels.odcs.yaml");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("contracts");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task List_BuiltInContracts_SaysDatasetsInLoadOrder()
    {
        var (code, output, error) = await WorkerProcess.RunAsync(["contracts", "list"], Nothing, Token);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("finance, after operations, sales, from ", output, StringComparison.Ordinal);
        Assert.Contains("  orders 1.0.0 key order_id; 14 columns; due 30 h after the start of its date; at most 30 h old", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WithADirectoryOfContracts_HasThoseToo()
    {
        File.Copy(Accepted, Path.Combine(_directory.FullName, "parcels.odcs.yaml"));
        var replaced = await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "parcels.odcs.yaml"), Token);
        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, "parcels.odcs.yaml"), replaced.Replace("domain: couriers", "domain: couriers_x", StringComparison.Ordinal), Token);

        var (code, output, _) = await WorkerProcess.RunAsync(
            ["contracts", "list", "--json"], new Dictionary<string, string> { ["Sources__Directories__0"] = _directory.FullName }, Token);

        Assert.Equal(0, code);
        var domain = JsonDocument.Parse(output).RootElement.GetProperty("domains").EnumerateArray()
            .Single(domain => domain.GetProperty("domain").GetString() == "couriers_x");
        Assert.Equal(_directory.FullName, domain.GetProperty("directory").GetString());
        var dataset = domain.GetProperty("datasets")[0];
        Assert.Equal(65, dataset.GetProperty("arrives_within_hours").GetDouble());
        Assert.Equal("parcel_id", dataset.GetProperty("key")[0].GetString());
    }

    [Fact]
    public async Task Diff_OfVersions_TellsEveryChangeAndExitsByTheWorst()
    {
        var yaml = await File.ReadAllTextAsync(Accepted, Token);
        var wider = Path.Combine(_directory.FullName, "wider.yaml");
        await File.WriteAllTextAsync(wider, yaml
            .Replace("version: 2.3.0", "version: 2.4.0", StringComparison.Ordinal)
            .Replace("numeric(10,2)", "numeric(12,2)", StringComparison.Ordinal), Token);
        var narrower = Path.Combine(_directory.FullName, "narrower.yaml");
        await File.WriteAllTextAsync(narrower, yaml
            .Replace("numeric(10,2)", "numeric(9,2)", StringComparison.Ordinal)
            .Replace("minLength: 8", "minLength: 7", StringComparison.Ordinal), Token);

        var compatible = await WorkerProcess.RunAsync(["contracts", "diff", Accepted, wider], Nothing, Token);
        var breaking = await WorkerProcess.RunAsync(["contracts", "diff", Accepted, narrower], Nothing, Token);
        var json = await WorkerProcess.RunAsync(["contracts", "diff", Accepted, narrower, "--json"], Nothing, Token);

        Assert.Equal(
            """
            couriers.parcels 2.3.0 -> 2.4.0
              compatible  column 'fee' is widened from numeric(10,2) to numeric(12,2)
            1 compatible, 0 breaking.

            """.ReplaceLineEndings("\n"),
            compatible.Output.ReplaceLineEndings("\n"));
        Assert.Equal(0, compatible.ExitCode);
        Assert.Equal(
            """
            couriers.parcels 2.3.0 (the version did not change)
              breaking    column 'fee' is numeric(9,2), but the former is numeric(10,2): not every value fits
              compatible  column 'barcode' has another minLength
            1 compatible, 1 breaking.

            """.ReplaceLineEndings("\n"),
            breaking.Output.ReplaceLineEndings("\n"));
        Assert.Equal(1, breaking.ExitCode);
        Assert.Equal(1, json.ExitCode);
        Assert.False(JsonDocument.Parse(json.Output).RootElement.GetProperty("compatible").GetBoolean());
    }

    [Fact]
    public async Task Diff_OfWhatIsNoContract_NamesFileAndLine()
    {
        var broken = Path.Combine(_directory.FullName, "broken.yaml");
        await File.WriteAllTextAsync(broken, (await File.ReadAllTextAsync(Accepted, Token)).Replace("kind: DataContract", "kind: Other", StringComparison.Ordinal), Token);

        var (code, output, error) = await WorkerProcess.RunAsync(["contracts", "diff", broken, Path.Combine(_directory.FullName, "nothing")], Nothing, Token);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("broken.yaml:3: 'kind' is 'Other'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_File_WritesAContractThatListShows()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Contracts", "Drafts", "parcels.csv.gz");

        var (code, output, _) = await WorkerProcess.RunAsync(["contracts", "infer", file, "--domain", "couriers", "--dataset", "deliveries"], Nothing, Token);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "deliveries.odcs.yaml"), output, Token);
        var listed = await WorkerProcess.RunAsync(
            ["contracts", "list"], new Dictionary<string, string> { ["Sources__Directories__0"] = _directory.FullName }, Token);

        var json = await WorkerProcess.RunAsync(
            ["contracts", "infer", file, "--domain", "couriers", "--dataset", "deliveries", "--json"], Nothing, Token);

        Assert.Equal((0, 0), (code, listed.ExitCode));
        Assert.Equal(output, System.Text.Json.JsonDocument.Parse(json.Output).RootElement.GetProperty("contract").GetString(), ignoreLineEndingDifferences: true);
        Assert.Contains("  deliveries 0.1.0 key paket_nr; 7 columns", listed.Output, StringComparison.Ordinal);
    }
}
