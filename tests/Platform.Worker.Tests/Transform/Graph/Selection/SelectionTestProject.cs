using Platform.Worker.Tests.Transform.Project;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Graph.Selection;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Tests.Transform.Graph.Selection;

/// <summary>A project with every kind of resource, and what is selected of it, as names in order.</summary>
internal sealed class SelectionTestProject : IMacroOutput, IDisposable
{
    private readonly TestProject _files = TestProject.Of(
        ("models/staging/stg_orders.sql", "{{ config(tags=['nightly']) }} select * from {{ source('raw', 'orders') }}"),
        ("models/staging/stg_customers.sql", "select * from {{ ref('names') }}"),
        ("models/marts/orders.sql", "{{ config(materialized='table', tags='hot', meta={'owner': 'finance', 'tier': 1, 'channels': ['web', 'shop']}) }}\n"
            + "select * from {{ ref('stg_orders') }} join {{ ref('stg_customers') }} using (id)"),
        ("models/marts/revenue.v1.x.sql", "{{ config(tags=['hot']) }} select * from {{ ref('orders') }}"),
        ("models/marts/empty.sql", "  \n"),
        ("models/dim_v1.sql", "select 1 as id"),
        ("models/dim_v2.sql", "select 1 as id"),
        ("models/dim_v10.sql", "select 1 as id"),
        ("snapshots/orders_history.sql", "{% snapshot orders_history %}{{ config(strategy='check', check_cols='all', unique_key='id') }}"
            + "select * from {{ ref('orders') }}{% endsnapshot %}"),
        ("analyses/look.sql", "select * from {{ ref('orders') }}"),
        ("seeds/names.csv", "id,name\n1,a\n"),
        ("tests/no_orphans.sql", "select * from {{ ref('orders') }} left join {{ ref('stg_customers') }} using (id)"),
        ("models/schema.yml", """
            groups: [{name: finance, owner: {name: x}}]
            sources:
              - name: raw
                tables: [{name: orders, columns: [{name: id, data_tests: [unique]}]}, {name: clicks}]
            models:
              - name: stg_orders
                columns: [{name: id, data_tests: [not_null]}]
              - name: orders
                config: {group: finance}
                access: public
                columns:
                  - name: id
                    data_tests:
                      - unique: {config: {severity: warn}}
                      - relationships: {arguments: {to: ref('stg_customers'), field: id}}
              - name: dim
                latest_version: 2
                versions: [{v: 1}, {v: 2}, {v: 10}]
            exposures:
              - {name: board, type: dashboard, owner: {name: x, email: x@example.org}, depends_on: [ref('orders')]}
            """),
        ("models/unit/tests.yml", """
            unit_tests:
              - name: adds_up
                model: orders
                given: [{input: ref('stg_orders'), rows: []}, {input: ref('stg_customers'), rows: []}]
                expect: {rows: []}
            """),
        ("dbt_packages/dates/dbt_project.yml", "name: dates\n"),
        ("dbt_packages/dates/models/days.sql", "select 1 as day"));

    public List<string> Warnings { get; } = [];

    public void Write(string path, string text) => _files.Write(path, text);

    public ParsedProject Parse()
    {
        var parsed = ProjectErrorTests.Parse(_files.Directory);
        return parsed with { Invocation = parsed.Invocation with { Output = this } };
    }

    public string Select(SelectionRequest request)
    {
        var project = Parse();
        return string.Join(' ', NodeSelector.Select(project, request).Select(id => Name(project.Graph[id])).Order(StringComparer.Ordinal));
    }

    public string Select(string criteria, string exclude = "", IndirectSelection mode = IndirectSelection.Empty) =>
        Select(new SelectionRequest { Select = List(criteria), Exclude = List(exclude), IndirectSelection = mode });

    public void Log(string subject, string message, bool info) => Assert.Fail(message);

    public void Print(string message) => Assert.Fail(message);

    public void Warn(string name, SourceLocation at, string message) => Warnings.Add($"{name}: {message}");

    public void Dispose() => _files.Dispose();

    private static string[] List(string text) => text.Length == 0 ? [] : [text];

    private static string Name(Node node) => node.Version is { } version ? $"{node.Name}.v{version}"
        : node.Source is { } source ? $"{source.SourceName}.{node.Name}"
        : node.Test is { ColumnName: { } column, AttachedNode: { } attached } test ? $"{test.Name}({attached.Split('.')[^1]}.{column})"
        : node.Name;
}
