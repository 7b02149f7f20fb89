using System.Text;
using Platform.Testing;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.State;

namespace Platform.Worker.Tests.Transform.State;

public sealed class DeferralTests(EmbeddedServers servers) : IDisposable
{
    private static readonly HashSet<string> Selected = ["model.shop.mart"];

    private readonly StateTestProject _project = new();

    [Fact]
    public void Deferral_TakesTheOtherRelation_WhereThisOneIsNotThere_OrIsNotFavoured()
    {
        _project.Record(manifest => manifest["nodes"]!["model.shop.stg"]!["schema"] = "prod");
        var graph = _project.Parse().Graph;
        var (stg, mart) = (graph["model.shop.stg"], graph["model.shop.mart"]);

        var deferral = Deferral.Of(new BuildRequest { Defer = true }, Selected, _project.Read(), null)!;
        Assert.EndsWith("\"prod\".\"stg\"", deferral.Instead(stg, () => false)!.ToString(), StringComparison.Ordinal);
        Assert.Null(deferral.Instead(stg, () => true));

        var favouring = Deferral.Of(new BuildRequest { Defer = true, FavorState = true }, Selected, null, _project.Read())!;
        Assert.NotNull(favouring.Instead(stg, () => true));
        Assert.Null(favouring.Instead(mart, () => true));
        Assert.Null(favouring.Find(graph["source.shop.raw.rows"]));
    }

    [Fact]
    public void Deferral_WithoutItsManifest_SaysWhatToGive()
    {
        var request = new BuildRequest { Defer = true };

        Assert.Null(Deferral.Of(new BuildRequest(), Selected, null, null));
        Assert.Contains("--state or --defer-state are required", Fault(null), StringComparison.Ordinal);
        Assert.Contains("Could not find manifest in --state path: \"elsewhere\"", Fault(_project.Read("elsewhere")), StringComparison.Ordinal);

        string Fault(PreviousState? state) => Assert.Throws<TransformException>(() => Deferral.Of(request, Selected, state, null)).Message;
    }

    [Fact]
    public async Task Models_ReadTheOtherState_OfWhatIsNotHere()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var shop = TestProject.Of(
            ("models/one.sql", "{{ config(materialized='table') }} select {{ var('id', 1) }} as id"),
            ("models/two.sql", "select id + 1 as id from {{ ref('one') }}"));
        await BuildAsync(new BuildRequest { Schema = "prod" });
        var prod = await warehouse.Engine.PrepareAsync(new BuildRequest { ProjectDirectory = shop.Directory, Schema = "prod", Publish = false }, null, TestWarehouse.Token);
        using (var manifest = new MemoryStream())
        {
            ManifestWriter.Write(manifest, prod.Project, prod.Invocation, prod.Invocation.StartedAt);
            shop.Write("state/manifest.json", Encoding.UTF8.GetString(manifest.ToArray()));
        }


        await BuildAsync(new BuildRequest { Schema = "dev", Select = ["two"], Defer = true, StateDirectory = "state" });
        Assert.Equal("2", await warehouse.RowsAsync("select id from dev.two"));
        Assert.Equal("two|v", await warehouse.KindsAsync("dev"));

        // What is here by now is read, unless the other state is favoured.
        await BuildAsync(new BuildRequest { Schema = "dev", Select = ["one"], Vars = new Dictionary<string, object?> { ["id"] = 5 } });
        await BuildAsync(new BuildRequest { Schema = "dev", Select = ["two"], Defer = true, StateDirectory = "state" });
        Assert.Equal("6", await warehouse.RowsAsync("select id from dev.two"));
        await BuildAsync(new BuildRequest { Schema = "dev", Select = ["two"], Defer = true, FavorState = true, StateDirectory = "state" });
        Assert.Equal("2", await warehouse.RowsAsync("select id from dev.two"));

        async Task BuildAsync(BuildRequest request)
        {
            var result = await warehouse.BuildAsync(shop, request with { Publish = false });
            Assert.True(result.Success, string.Join('\n', result.Failures.Select(node => node.Message)));
        }
    }

    public void Dispose() => _project.Dispose();
}
