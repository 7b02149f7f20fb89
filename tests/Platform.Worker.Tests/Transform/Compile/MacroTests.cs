using Platform.Testing;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Transform.Compile;

/// <summary>The cross-database macros of the embedded project, each asked for a value (https://docs.getdbt.com/reference/dbt-jinja-functions/cross-database-macros).</summary>
public sealed class MacroTests(EmbeddedServers servers)
{
    private static readonly (string Expression, string Expected)[] Cases =
    [
        ("({{ dbt.dateadd('day', 3, \"date '2026-01-30'\") }})::date::text", "2026-02-02"),
        ("{{ dbt.datediff(\"'2025-12-31'\", \"'2026-01-01'\", 'year') }}", "1"),
        ("{{ dbt.datediff(\"'2025-11-30'\", \"'2026-01-01'\", 'quarter') }}", "1"),
        ("{{ dbt.datediff(\"'2025-11-30'\", \"'2026-01-01'\", 'month') }}", "2"),
        ("{{ dbt.datediff(\"'2026-01-03'\", \"'2026-01-04'\", 'week') }}", "1"),
        ("{{ dbt.datediff(\"'2026-01-01 23:59'\", \"'2026-01-02 00:01'\", 'day') }}", "1"),
        ("{{ dbt.datediff(\"'2026-01-01 00:59'\", \"'2026-01-01 02:00'\", 'hour') }}", "2"),
        ("{{ dbt.date_trunc('month', \"date '2026-02-14'\") }}::date::text", "2026-02-01"),
        ("{{ dbt.last_day(\"date '2026-02-14'\", 'month') }}::text", "2026-02-28"),
        ("{{ dbt.last_day(\"date '2026-02-14'\", 'quarter') }}::text", "2026-03-31"),
        ("{{ dbt.safe_cast(\"'7'\", dbt.type_int()) }} + 1", "8"),
        ("{{ dbt.concat([\"'a'\", \"'b'\"]) }}", "ab"),
        ("{{ dbt.hash(\"'a'\") }}", "0cc175b9c0f1b6a831c399e269772661"),
        ("{{ dbt.right(\"'abc'\", 2) }}", "bc"),
        ("{{ dbt.split_part(\"'a|b|c'\", \"'|'\", 2) }}", "b"),
        ("{{ dbt.position(\"'b'\", \"'abc'\") }}", "2"),
        ("'{{ dbt.escape_single_quotes(\"it's\") }}'", "it's"),
        ("(select {{ dbt.listagg('n::text', \"'-'\", 'order by n desc') }} from generate_series(1, 3) as n)", "3-2-1"),
        ("(select {{ dbt.listagg('n::text', \"'-'\", 'order by n desc', 2) }} from generate_series(1, 3) as n)", "3-2"),
        ("array_length({{ dbt.array_concat(dbt.array_construct([1, 2]), dbt.array_construct([3])) }}, 1)", "3"),
        ("(select count(*) || ' ' || max(date_day)::date from ({{ dbt.date_spine('day', \"date '2026-01-01'\", \"date '2026-02-01'\") }}) as spine)", "31 2026-01-31"),
        ("{{ type_string() }} 'unqualified'", "unqualified"),
        ("'{{ local_md5('a') }}'", "0cc175b9c0f1b6a831c399e269772661"),
        ("'{{ tojson({'a': [1, none, true]}) }}'", "{\"a\": [1, null, true]}"),
        ("'{{ fromjson('{\"a\": [1, 2]}').a[1] }} {{ fromyaml('a: [1, 2]').a | length }}'", "2 2"),
        ("'{{ api.Relation.create(schema='s', identifier='i').include(database=false) }}'", "\"s\".\"i\""),
        ("'{{ target.schema }} {{ this.identifier }} {{ model.name }} {{ project_name }} {{ flags.WHICH }}'", "analytics values values shop build"),
        ("'{{ run_started_at.strftime('%Y') | int > 2000 }}'", "True"),
        ("'{{ zip([1, 2], ['a', 'b']) | list | length }} {{ set([1, 1, 2]) | length }}'", "2 2"),
        ("'{{ adapter.get_relation(database=target.database, schema='meta', identifier='publication').type }}'", "table"),
    ];

    [Fact]
    public async Task Macros_GiveWhatDbtDocuments()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        var columns = Cases.Select((test, index) => $"({test.Expression})::text as c{index}");
        using var project = TestProject.Of(("models/values.sql", $"{{{{ config(materialized='table') }}}}\nselect\n{string.Join(",\n", columns)}"));

        await warehouse.PublishAsync(project);

        Assert.Equal(string.Join('\n', Cases.Select(test => test.Expected)), (await warehouse.RowsAsync("select * from analytics.values")).Replace('|', '\n'));
    }
}
