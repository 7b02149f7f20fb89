using Platform.Testing;
using Platform.Worker.Transform.Lineage;
using Platform.Worker.Transform.Run;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Lineage;

public sealed class LineageReaderTests(EmbeddedServers servers)
{
    private const string Tables = """
        create schema sales;
        create table sales.orders (id bigint, customer_id bigint, placed_on date, amount numeric, tags text[], body jsonb);
        create table sales.customers (id bigint, name text, country text);
        create view sales.vip as select id, name from sales.customers where country = 'CH';
        create table sales.outside (id bigint, note text);
        """;

    private const string Sources = """
        sources:
          - name: sales
            tables: [{name: orders}, {name: customers}, {name: vip}]
        """;

    /// <summary>Queries; of each column what it comes from (= direct, ~ derived, f: filter); the columns that decide the rows.</summary>
    private static readonly (string Sql, string Columns, string Filters)[] Queries =
    [
        ("select id, amount as total, amount * 2 as double from sales.orders", "id: =orders.id; total: =orders.amount; double: ~orders.amount", ""),
        ("select * from sales.customers", "id: =customers.id; name: =customers.name; country: =customers.country", ""),
        ("select name from sales.vip", "name: =vip.name", ""),
        ("select id::text as id, id::bigint as same from sales.orders", "id: ~orders.id; same: =orders.id", ""),
        ("with a as (select * from sales.orders), b as (select id, amount as x from a) select x + 1 as y, id from b", "y: ~orders.amount; id: =orders.id", ""),
        ("select o.id, c.name from sales.orders o join sales.customers c on c.id = o.customer_id", "id: =orders.id; name: =customers.name", "customers.id,orders.customer_id"),
        ("select id, name, amount from sales.orders join sales.customers using (id)", "id: =orders.id; name: =customers.name; amount: =orders.amount", "customers.id,orders.id"),
        ("select id from sales.orders full join sales.customers using (id)", "id: ~customers.id,~orders.id", "customers.id,orders.id"),
        ("select customer_id, sum(amount) filter (where placed_on > '2026-01-01') as total from sales.orders group by customer_id having count(id) > 1", "customer_id: =orders.customer_id; total: ~orders.amount,~orders.placed_on", "orders.customer_id,orders.id"),
        ("select row_number() over (partition by customer_id order by placed_on) as n from sales.orders", "n: ~orders.customer_id,~orders.placed_on", ""),
        ("select sum(amount) over w as s from sales.orders window w as (partition by customer_id)", "s: ~orders.amount,~orders.customer_id", ""),
        ("select id from sales.orders union all select id from sales.customers", "id: =customers.id,=orders.id", ""),
        ("select id from sales.orders union (select customer_id from sales.orders union all select 1)", "id: =orders.customer_id,=orders.id", ""),
        ("select id from sales.orders except select id from sales.customers where country = 'X'", "id: f:customers.id,=orders.id", "customers.country"),
        ("select o.id, (select max(c.name) from sales.customers c where c.id = o.customer_id) as n from sales.orders o", "id: =orders.id; n: ~customers.name", "customers.id,orders.customer_id"),
        ("select id from sales.orders o where exists (select 1 from sales.customers c where c.id = o.customer_id and c.country = 'CH')", "id: =orders.id", "customers.country,customers.id,orders.customer_id"),
        ("select id from sales.orders where customer_id in (select id from sales.customers)", "id: =orders.id", "customers.id,orders.customer_id"),
        ("select o.id, t.tag from sales.orders o cross join lateral unnest(o.tags) as t(tag)", "id: =orders.id; tag: ~orders.tags", "orders.tags"),
        ("select o.id, l.twice from sales.orders o, lateral (select o.amount * 2 as twice) l", "id: =orders.id; twice: ~orders.amount", ""),
        ("select body ->> 'channel' as channel, body #>> '{a,b}' as b from sales.orders", "channel: ~orders.body; b: ~orders.body", ""),
        ("select case when country = 'CH' then name end as n from sales.customers", "n: ~customers.country,~customers.name", ""),
        ("select d::date as day from generate_series('2026-01-01'::date, '2026-01-03', '1 day') as d", "day: ", ""),
        ("select x, y from (values (1, 'a'), (2, 'b')) as v(x, y)", "x: ; y: ", ""),
        ("with recursive t as (select id, customer_id as parent from sales.orders union all select o.id, t.id from sales.orders o join t on t.parent = o.id) select * from t", "id: =orders.id; parent: =orders.customer_id,=orders.id", "orders.customer_id,orders.id"),
        ("select to_jsonb(c) as whole from sales.customers c", "whole: ~customers.*", ""),
        ("select distinct on (customer_id) id, amount from sales.orders order by customer_id, placed_on", "id: =orders.id; amount: =orders.amount", "orders.customer_id"),
        ("select id from sales.orders order by amount limit 3", "id: =orders.id", "orders.amount"),
        ("select country, grouping(country) as g, count(*) as n from sales.customers group by rollup (country)", "country: =customers.country; g: ~customers.country; n: ", "customers.country"),
        ("select note from sales.outside", "note: =\"sales\".\"outside\".note", ""),
        ("select \"a b\", \"}\", \":x\", \"<>\" from (select id as \"a b\", amount as \"}\", tags as \":x\", body as \"<>\" from sales.orders) q", "a b: =orders.id; }: =orders.amount; :x: =orders.tags; <>: =orders.body", ""),
    ];

    [Fact]
    public async Task Columns_OfQueries_AreLedBackToTheirInputs()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Tables);
        using var project = TestProject.Of([("models/sources.yml", Sources), .. Queries.Select((_, index) => ($"models/m{index}.sql", "select 1 as id"))]);
        var graph = Parse(project.Directory).Graph;
        using var session = PostgresSession.Open(warehouse.DataSource, "test", TestWarehouse.Token);

        var lineage = new LineageReader(new LineageCache())
            .Read(session, graph, [.. Queries.Select((query, index) => (graph[$"model.shop.m{index}"], query.Sql))], BuildState.PublishedRelation);

        Assert.All(Queries, (query, index) =>
        {
            var found = lineage[$"model.shop.m{index}"];
            Assert.Equal(query.Columns, string.Join("; ", found.Columns.Select(column => $"{column.Column}: {string.Join(',', column.Sources.Select(Text))}")));
            Assert.Equal(query.Filters, string.Join(',', found.Filters.Select(source => Text(source)["f:".Length..])));
        });
    }

    [Fact]
    public async Task NoQuery_HasNoLineage_AndTheOthersStillHave()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Tables);
        using var project = TestProject.Of(("models/sources.yml", Sources), ("models/m.sql", "select 1 as id"), ("models/other.sql", "select 1 as id"));
        var graph = Parse(project.Directory).Graph;
        using var session = PostgresSession.Open(warehouse.DataSource, "test", TestWarehouse.Token);

        var lineage = new LineageReader(new LineageCache()).Read(
            session, graph, [(graph["model.shop.m"], "delete from sales.orders"), (graph["model.shop.other"], "select name from sales.customers")], BuildState.PublishedRelation);

        Assert.Equal(["model.shop.other"], lineage.Keys);
        Assert.Equal("name", Assert.Single(lineage["model.shop.other"].Columns).Column);
        Assert.Equal(0, await warehouse.ScalarAsync<long>("select count(*) from pg_class where relname like 'platform_lineage%'"));
    }

    [Fact]
    public async Task Cache_KnownSql_IsAskedAgainOnlyWhenAnInputsColumnsChange()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync(Tables);
        using var project = TestProject.Of(("models/sources.yml", Sources), ("models/m.sql", "select * from {{ source('sales', 'vip') }}"));
        var cache = new LineageCache();
        const string sql = "select * from sales.vip";

        var first = Read(warehouse, project, cache, sql)["model.shop.m"];
        var second = Read(warehouse, project, cache, sql)["model.shop.m"];
        await warehouse.ExecuteAsync("create or replace view sales.vip as select id, name, country from sales.customers");
        var third = Read(warehouse, project, cache, sql)["model.shop.m"];

        Assert.Same(first, second);
        Assert.Equal(["id", "name", "country"], third.Columns.Select(column => column.Column));
    }

    private static IReadOnlyDictionary<string, ModelLineage> Read(TestWarehouse warehouse, TestProject project, LineageCache cache, string sql)
    {
        var graph = Parse(project.Directory).Graph;
        using var session = PostgresSession.Open(warehouse.DataSource, "test", TestWarehouse.Token);
        return new LineageReader(cache).Read(session, graph, [(graph["model.shop.m"], sql)], BuildState.PublishedRelation);
    }

    private static string Text(ColumnSource source)
    {
        var kind = source.Kind switch { LineageKind.Direct => "=", LineageKind.Derived => "~", _ => "f:" };
        return $"{kind}{source.UniqueId?["source.shop.sales.".Length..] ?? source.Relation}.{source.Column}";
    }
}
