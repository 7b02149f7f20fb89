using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Graph.Selection;

namespace Platform.Worker.Tests.Transform.Graph.Selection;

public sealed class NodeSelectorTests : IDisposable
{
    private readonly SelectionTestProject _project = new();

    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("marts.orders", "orders")]
    [InlineData("shop.marts", "orders revenue.v1.x")]
    [InlineData("shop.marts.*", "orders revenue.v1.x")]
    [InlineData("fqn:stag*", "stg_customers stg_orders")]
    [InlineData("*_order?", "stg_orders")]
    [InlineData("staging.stg_[!c]*", "stg_orders")]
    [InlineData("stg_*", "")]
    [InlineData("dates", "days")]
    [InlineData("dates.*", "days")]
    [InlineData("dim", "dim.v1 dim.v10 dim.v2")]
    [InlineData("dim.v2", "dim.v2")]
    [InlineData("dim_v10", "dim.v10")]
    [InlineData("tag:hot", "orders revenue.v1.x")]
    [InlineData("tag:n*", "stg_orders")]
    [InlineData("group:fin*", "orders relationships(orders.id) unique(orders.id)")]
    [InlineData("access:public", "orders")]
    [InlineData("source:raw", "raw.clicks raw.orders")]
    [InlineData("source:raw.o*", "raw.orders")]
    [InlineData("source:shop.raw.clicks", "raw.clicks")]
    [InlineData("models/staging", "stg_customers stg_orders")]
    [InlineData("models/*/stg_orders.sql", "stg_orders")]
    [InlineData("./models/marts/", "orders revenue.v1.x")]
    [InlineData("models/**/orders.sql", "orders")]
    [InlineData("stg_orders.sql", "stg_orders")]
    [InlineData("file:stg_orders", "stg_orders")]
    [InlineData("names.csv", "names")]
    [InlineData("package:dates", "days")]
    [InlineData("package:this,resource_type:seed", "names")]
    [InlineData("config.materialized:table", "orders")]
    [InlineData("config.materialized:seed", "names")]
    [InlineData("config.meta.owner:finance", "orders")]
    [InlineData("config.meta.channels:web", "orders")]
    [InlineData("config.meta.tier:1", "")]
    [InlineData("config.severity:Warn", "unique(orders.id)")]
    [InlineData("config.enabled:TRUE,resource_type:snapshot", "orders_history")]
    [InlineData("test_name:not_null", "not_null(stg_orders.id)")]
    [InlineData("test_name:adds*", "adds_up")]
    [InlineData("test_type:singular", "no_orphans")]
    [InlineData("test_type:unit", "adds_up")]
    [InlineData("test_type:generic,orders+", "relationships(orders.id) unique(orders.id)")]
    [InlineData("resource_type:analysis", "look")]
    [InlineData("exposure:shop.board", "board")]
    [InlineData("unit_test:adds_up", "adds_up")]
    [InlineData("version:latest", "dim.v2")]
    [InlineData("version:old", "dim.v1")]
    [InlineData("version:prerelease", "dim.v10")]
    [InlineData("version:none,path:models/marts", "orders revenue.v1.x")]
    public void Method_FindsWhatDbtFinds(string criterion, string expected) => Assert.Equal(expected, _project.Select(criterion));

    [Theory]
    [InlineData("+orders", "names orders raw.orders stg_customers stg_orders")]
    [InlineData("1+orders", "orders stg_customers stg_orders")]
    [InlineData("orders+,resource_type:model", "orders revenue.v1.x")]
    [InlineData("names+1", "names stg_customers")]
    [InlineData("names+2,resource_type:model", "orders stg_customers")]
    [InlineData("0+orders", "orders")]
    [InlineData("1+stg_orders+1,resource_type:model", "orders stg_orders")]
    [InlineData("@stg_orders,resource_type:model", "orders revenue.v1.x stg_customers stg_orders")]
    [InlineData("+exposure:board,resource_type:source", "raw.orders")]
    [InlineData("stg_orders  stg_customers", "stg_customers stg_orders")]
    [InlineData("tag:hot,path:models/marts,orders", "orders")]
    public void Operators_AddRelatives(string criterion, string expected) => Assert.Equal(expected, _project.Select(criterion));

    [Theory]
    [InlineData("orders", "Eager", "adds_up no_orphans orders relationships(orders.id) unique(orders.id)")]
    [InlineData("orders", "Cautious", "adds_up orders unique(orders.id)")]
    [InlineData("orders", "Buildable", "adds_up no_orphans orders relationships(orders.id) unique(orders.id)")]
    [InlineData("orders", "Empty", "orders")]
    [InlineData("stg_customers", "Buildable", "stg_customers")]
    [InlineData("orders stg_customers", "Cautious", "adds_up no_orphans orders relationships(orders.id) stg_customers unique(orders.id)")]
    [InlineData("orders,test_type:singular", "Eager", "no_orphans")]
    [InlineData("orders,test_type:singular", "Cautious", "")]
    public void Tests_ComeAlong_AsTheModeSays(string criterion, string mode, string expected) =>
        Assert.Equal(expected, _project.Select(criterion, mode: Enum.Parse<IndirectSelection>(mode)));

    [Fact]
    public void Exclusion_TakesTestsAlong() => Assert.Equal(
        "not_null(stg_orders.id) unique(raw_orders.id)".Replace("raw_orders", "orders", StringComparison.Ordinal),
        _project.Select(new SelectionRequest
        {
            Exclude = ["orders stg_customers", "dim"],
            ResourceTypes = new HashSet<ResourceType> { ResourceType.Test },
        }));

    [Fact]
    public void Nothing_SelectsAll_WithoutTheEmpty()
    {
        Assert.DoesNotContain("empty", _project.Select(""), StringComparison.Ordinal);
        Assert.Contains("empty", _project.Select(new SelectionRequest { IncludeEmpty = true }), StringComparison.Ordinal);
        Assert.Empty(_project.Warnings);
    }

    [Fact]
    public void Criterion_ThatMatchesNothing_IsAWarning()
    {
        Assert.Equal("orders", _project.Select("orders tag:nothing,orders", "typo"));

        Assert.Equal(
            [
                "NoNodesForSelectionCriteria: The selection criterion 'tag:nothing,orders' does not match any enabled nodes",
                "NoNodesForSelectionCriteria: The selection criterion 'typo' does not match any enabled nodes",
            ],
            _project.Warnings);
    }

    [Theory]
    [InlineData("tags:hot", "--select: 'tags' is not a valid method name in 'tags:hot'. Did you mean tag?")]
    [InlineData("xyz:hot", "'xyz' is not a valid method name in 'xyz:hot'. Methods are fqn, tag, group,")]
    [InlineData("@orders+", "Invalid node spec '@orders+': the prefix @ already takes the children")]
    [InlineData("source:a.b.c.d", "Invalid source selector value 'a.b.c.d'. Write source_name, source_name.table or package.source_name.table.")]
    [InlineData("exposure:a.b.c", "Invalid exposure selector value 'a.b.c'")]
    [InlineData("test_type:quick", "Invalid test type selector 'quick'. Use generic, singular, unit or data.")]
    [InlineData("version:next", "Use latest, prerelease, old or none.")]
    [InlineData("resource_type:table", "'table' is no resource type. Use model, seed,")]
    [InlineData("config:table", "names no configuration. Write config.<key>:<value>")]
    [InlineData("state:modified", "'state:modified' needs the manifest.json of an earlier run. Give its folder with --state.")]
    [InlineData("result:error", "'result:error' needs the run_results.json")]
    [InlineData("source_status:fresher", "needs the sources.json")]
    [InlineData("99999999999+orders", "'99999999999' is no number of levels")]
    public void Criterion_ThatMeansNothing_SaysWhatWould(string criterion, string message) =>
        Assert.Contains(message, Assert.Throws<TransformException>(() => _project.Select(criterion)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Run", "", "", "orders")]
    [InlineData("Test", "", "", "adds_up no_orphans relationships(orders.id) unique(orders.id)")]
    [InlineData("Build", "", "", "adds_up no_orphans orders relationships(orders.id) unique(orders.id)")]
    [InlineData("Build", "", "unit_test", "no_orphans orders relationships(orders.id) unique(orders.id)")]
    [InlineData("Build", "test", "", "no_orphans relationships(orders.id) unique(orders.id)")]
    [InlineData("Clone", "", "", "orders")]
    [InlineData("Seed", "", "", "")]
    public void Verbs_SelectWhatTheyWorkOn(string verb, string only, string without, string expected) => Assert.Equal(
        expected,
        _project.Select(SelectionRequest.From(new BuildRequest
        {
            Verb = Enum.Parse<TransformVerb>(verb),
            Select = ["orders"],
            ResourceTypes = only.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ExcludeResourceTypes = without.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        })));

    [Fact]
    public void ListOfModels_TakesModelsAlone() => Assert.Equal(
        "orders revenue.v1.x", _project.Select(SelectionRequest.From(new BuildRequest { Verb = TransformVerb.List, Models = ["orders+"] })));

    [Fact]
    public void Listing_LeavesAnalysesToAll()
    {
        var analyses = new BuildRequest { Verb = TransformVerb.List, Select = ["path:analyses"] };

        Assert.Equal("", _project.Select(SelectionRequest.From(analyses)));
        Assert.Equal("look", _project.Select(SelectionRequest.From(analyses with { ResourceTypes = ["all"] })));
    }

    public void Dispose() => _project.Dispose();
}
