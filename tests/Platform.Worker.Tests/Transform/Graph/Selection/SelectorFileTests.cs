using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph.Selection;

namespace Platform.Worker.Tests.Transform.Graph.Selection;

public sealed class SelectorFileTests : IDisposable
{
    private readonly SelectionTestProject _project = new();

    [Theory]
    [InlineData("tag:hot", "orders revenue.v1.x")]
    [InlineData("\"+orders\"", "names orders raw.orders stg_customers stg_orders")]
    [InlineData("{tag: nightly}", "stg_orders")]
    [InlineData("{config.materialized: table}", "orders")]
    [InlineData("{method: config.meta.tier, value: 1}", "orders")]
    [InlineData("{method: fqn, value: orders, parents: true, parents_depth: 1}", "orders stg_customers stg_orders")]
    [InlineData("{method: fqn, value: names, children: true, children_depth: 1}", "names stg_customers")]
    [InlineData("{method: fqn, value: stg_orders, indirect_selection: eager}", "not_null(stg_orders.id) stg_orders")]
    [InlineData("{method: fqn, value: orders, parents: true, exclude: [stg_orders, 'source:*']}", "names orders stg_customers")]
    [InlineData("{union: [orders, {tag: nightly}]}", "orders stg_orders")]
    [InlineData("{intersection: [{tag: hot}, {config.materialized: table}]}", "orders")]
    [InlineData("{union: [{method: path, value: models/marts}, {exclude: [{tag: hot}]}]}", "")]
    [InlineData("{union: [{intersection: [tag:hot, orders]}, stg_orders, {exclude: [stg_orders]}]}", "orders")]
    [InlineData("{method: selector, value: base}", "stg_orders")]
    [InlineData("{union: [{method: selector, value: base}, names]}", "names stg_orders")]
    [InlineData("\"tag:{{ var('chosen', 'nightly') }}\"", "stg_orders")]
    public void Definition_SelectsWhatItSays(string definition, string expected)
    {
        _project.Write("selectors.yml", $"selectors:\n  - {{name: base, definition: tag:nightly}}\n  - name: it\n    definition: {definition}\n");

        Assert.Equal(expected, _project.Select(new SelectionRequest { Selector = "it", IndirectSelection = IndirectSelection.Empty }));
        Assert.Empty(_project.Warnings);
    }

    [Fact]
    public void Default_IsUsedWhenNothingIsSelected()
    {
        _project.Write("selectors.yml", "selectors:\n  - name: it\n    default: true\n    definition: names\n");

        Assert.Equal("names", _project.Select(new SelectionRequest()));
        Assert.Equal("days", _project.Select(new SelectionRequest { Select = ["days"] }));
    }

    [Theory]
    [InlineData("{}", "selectors.yml:3:17: Expected either 1 key or else \"method\" and \"value\" keys, but got")]
    [InlineData("{tags: hot}", "'tags' is not a valid method name in 'tags:hot'. Did you mean tag?")]
    [InlineData("[a, b]", "a selector is a text, or a mapping")]
    [InlineData("{union: [a], intersection: [b]}", "Only a single 'union' or 'intersection' key is allowed")]
    [InlineData("{union: a}", "Invalid value for key \"union\". Expected a list.")]
    [InlineData("{union: [a, {exclude: [b]}, {exclude: [c]}]}", "You cannot provide multiple exclude arguments")]
    [InlineData("{method: selector, value: later}", "Existing selector definition for later not found")]
    [InlineData("{method: fqn, value: a, indirect_selection: greedy}", "'greedy' is no mode of indirect selection")]
    public void Definition_ThatIsWrong_SaysWhere(string definition, string message)
    {
        _project.Write("selectors.yml", $"selectors:\n  - name: it\n    definition: {definition}\n");

        var fault = Assert.Throws<TransformException>(() => _project.Select(new SelectionRequest()));

        Assert.StartsWith("selectors.yml:", fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_ThatIsNotThere_NamesThoseThatAre()
    {
        _project.Write("selectors.yml", "selectors: [{name: one, definition: a}, {name: two, definition: b}]\n");

        var fault = Assert.Throws<TransformException>(() => _project.Select(new SelectionRequest { Selector = "three" }));

        Assert.Equal("--selector: Could not find selector named 'three'. selectors.yml has one, two.", fault.Message);
    }

    [Fact]
    public void Defaults_MoreThanOne_AreRefused()
    {
        _project.Write("selectors.yml", "selectors:\n  - {name: one, default: true, definition: a}\n  - {name: two, default: true, definition: b}\n");

        var fault = Assert.Throws<TransformException>(() => _project.Select(new SelectionRequest()));

        Assert.Contains("Found multiple selectors with `default: true`: one and two", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _project.Dispose();
}
