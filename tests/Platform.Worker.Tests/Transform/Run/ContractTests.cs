using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Run;

/// <summary>Contracts: what is promised is compared with what the SQL gives before anything is built; constraints are in the DDL.</summary>
public sealed class ContractTests(EmbeddedServers servers)
{
    private const string Contract = """
        models:
          - name: orders
            config: {contract: {enforced: true}}
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: check, expression: "amount > 0", name: positive_amount}
            columns:
              - {name: id, data_type: int, constraints: [{type: not_null}]}
              - {name: customer, data_type: text, constraints: [{type: unique}]}
              - {name: amount, data_type: "numeric(10,2)"}
          - name: lines
            config: {contract: {enforced: true}}
            constraints:
              - {type: foreign_key, columns: [order_id], to: ref('orders'), to_columns: [id]}
            columns:
              - {name: order_id, data_type: int}
          - name: notes
            config: {contract: {enforced: true}}
            columns:
              - {name: order_id, data_type: int, constraints: [{type: foreign_key, to: ref('orders'), to_columns: [id]}]}
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Constraints_AreInTheTable(bool publish)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Project("select 'anna' as customer, 2.5::numeric as amount, 1 as id");

        await warehouse.PublishAsync(project, new BuildRequest { Publish = publish });

        Assert.Equal(
            "c|CHECK ((amount > (0)::numeric))\np|PRIMARY KEY (id)\nu|UNIQUE (customer)",
            await warehouse.RowsAsync("select contype, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'analytics.orders'::regclass and contype <> 'n' order by 1, 2"));
        Assert.Equal("FOREIGN KEY (order_id) REFERENCES analytics.orders(id)", await warehouse.RowsAsync(
            "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'analytics.lines'::regclass and contype = 'f'"));
        Assert.Equal("FOREIGN KEY (order_id) REFERENCES analytics.orders(id)", await warehouse.RowsAsync(
            "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'analytics.notes'::regclass and contype = 'f'"));
        Assert.Equal("1|anna|2.50", await warehouse.RowsAsync("select id, customer, amount from analytics.orders"));
    }

    [Theory]
    [InlineData("select 'anna' as customer, 2.5 as amount", "id")]
    [InlineData("select '1' as id, 'anna' as customer, 2.5 as amount", "id")]
    [InlineData("select 1 as id, 'anna' as customer, 2.5 as amount, 1 as more", "more")]
    public async Task OtherColumns_FailBeforeAnythingIsBuilt(string sql, string column)
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Project(sql);

        var failure = (await warehouse.BuildAsync(project, new BuildRequest { Publish = false })).Nodes.Single(node => node.Status is NodeStatus.Error);

        Assert.Contains("This model has an enforced contract that failed.", failure.Message, StringComparison.Ordinal);
        Assert.Matches($@"\| {column} +\|", failure.Message!);
        Assert.Equal("", await warehouse.KindsAsync("analytics"));
    }

    [Fact]
    public async Task ModelThatNobodyDescribes_FailsWhenItRuns()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = TestProject.Of(("models/orders.sql", "{{ config(contract={'enforced': true}) }} select 1 as id"), ("models/apart.sql", "select 1 as id"));

        var result = await warehouse.BuildAsync(project, new BuildRequest { Publish = false });

        Assert.Equal("apart Success, orders Error", string.Join(", ", result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name} {node.Status}")));
        Assert.Contains("its 'columns' specification is missing", Assert.Single(result.Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ViolatedConstraint_LeavesTheOldTable()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        using var project = Project("select 'anna' as customer, 2.5::numeric as amount, 1 as id");
        await warehouse.PublishAsync(project, new BuildRequest { Publish = false });

        project.Write("models/orders.sql", "{{ config(materialized='table') }} select 'anna' as customer, -1::numeric as amount, 1 as id");
        var failure = (await warehouse.BuildAsync(project, new BuildRequest { Publish = false })).Nodes.Single(node => node.Status is NodeStatus.Error);

        Assert.Contains("positive_amount", failure.Message, StringComparison.Ordinal);
        Assert.Equal("2.50", await warehouse.RowsAsync("select amount from analytics.orders"));
    }

    private static TestProject Project(string orders) => TestProject.Of(
        ("models/orders.sql", "{{ config(materialized='table') }} " + orders),
        ("models/lines.sql", "{{ config(materialized='table') }} select 1 as order_id -- {{ ref('orders') }}"),
        ("models/notes.sql", "{{ config(materialized='table') }} select 1 as order_id -- {{ ref('orders') }}"),
        ("models/schema.yml", Contract));
}
