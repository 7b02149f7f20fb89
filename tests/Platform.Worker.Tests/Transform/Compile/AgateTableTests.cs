using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Tests.Transform.Compile;

public sealed class AgateTableTests
{
    [Fact]
    public void TypeOfAColumn_ConvertsItsValues()
    {
        var table = new AgateTable(["name", "amount", "nothing"], [["a", 1.5m, Value.None], ["b", 2m, Value.None]]);
        var template = new JinjaEnvironment(new JinjaOptions()).Parse(
            "{% for c in table.columns %}{{ c.name }}: {{ c.data_type }} {% for v in c.values() %}{{ c.data_type.jsonify(v) }} {% endfor %}{% endfor %}", "test");

        Assert.Equal(
            "name: <agate.data_types.Text> a b amount: <agate.data_types.Number> 1.5 2.0 nothing: <agate.data_types.Integer> None None ",
            template.Render(new Dictionary<string, Value> { ["table"] = table }, TestContext.Current.CancellationToken));
    }
}
