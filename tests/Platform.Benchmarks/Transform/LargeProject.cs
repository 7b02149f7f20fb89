using System.Globalization;
using System.Text;

namespace Platform.Benchmarks.Transform;

/// <summary>
/// A dbt project of realistic shape in a folder of its own, deleted on disposal: folders of fifty models with a properties file for each ten,
/// two tests per model (one in four is custom), descriptions, docs, sources, macros.
/// </summary>
internal sealed class LargeProject : IDisposable
{
    private const int ModelsPerFolder = 50;
    private const int ModelsPerProperties = 10;
    private static readonly string[] Columns = ["order_id", "customer_id", "ordered_at", "status", "amount", "tax"];

    private LargeProject(string directory) => Directory = directory;

    public string Directory { get; }

    public static LargeProject Create(int models)
    {
        var project = new LargeProject(System.IO.Directory.CreateTempSubdirectory("parse-").FullName);
        project.Write("dbt_project.yml", """
            name: big
            version: '1.0'
            vars: {currency: EUR}
            models:
              big:
                +materialized: view
                area_0: {+materialized: table, +tags: [core]}
            """);
        project.Write("macros/cents.sql", """
            {% macro cents(column) %}({{ column }} / 100)::numeric(16, 2){% endmacro %}
            {% test at_least(model, column_name, least=0) %}
            select * from {{ model }} where {{ column_name }} < {{ least }}
            {% endtest %}
            """);
        project.Write("models/docs.md", "{% docs status %}\nWhat has become of the order.\n{% enddocs %}\n");
        project.Write("models/sources.yml", "sources:\n  - name: raw\n    tables:\n" + string.Concat(Enumerable.Range(0, 100).Select(index => $"      - name: orders_{index}\n")));
        for (var index = 0; index < models; index++)
        {
            project.Write(ModelFile(index), Sql(index));
            if (index % ModelsPerProperties == 0)
            {
                project.Write(PropertiesFile(index), Properties(index, Math.Min(ModelsPerProperties, models - index)));
            }
        }

        return project;
    }

    public static string ModelFile(int index) => $"models/area_{index / ModelsPerFolder}/model_{index}.sql";

    public static string PropertiesFile(int index) => $"models/area_{index / ModelsPerFolder}/_models_{index / ModelsPerProperties}.yml";

    public void Write(string path, string text)
    {
        var full = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Append(string path, string text) => File.AppendAllText(Path.Combine(Directory, path), text);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static string Sql(int index)
    {
        var parent = index < 100
            ? string.Create(CultureInfo.InvariantCulture, $"source('raw', 'orders_{index}')")
            : string.Create(CultureInfo.InvariantCulture, $"ref('model_{index - 100}')");
        var second = index < 200 ? "" : $"left join {{{{ ref('model_{index - 199}') }}}} as earlier using (order_id)\n";
        return $$$"""
            {{ config(materialized='{{{(index % 5 == 0 ? "table" : "view")}}}', tags=['generated']) }}

            with orders as (
                select * from {{ {{{parent}}} }}
            ),

            -- what was ordered, in the currency of the books
            priced as (
                select
                    order_id,
                    customer_id,
                    ordered_at,
                    status,
                    {{ cents('amount') }} as amount,
                    {{ cents('tax') }} as tax,
                    '{{ var("currency") }}' as currency
                from orders
                {% if is_incremental() %}
                where ordered_at > (select max(ordered_at) from {{ this }})
                {% endif %}
            )

            select priced.* from priced
            {{{second}}}
            """;
    }

    private static string Properties(int first, int count)
    {
        var yaml = new StringBuilder("version: 2\n\nmodels:\n");
        for (var index = first; index < first + count; index++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - name: model_{index}\n    description: >\n      Orders of area {index / ModelsPerFolder}, one row per order,\n      with amounts in the currency of the books.\n");
            yaml.Append("    config:\n      meta: {owner: finance}\n    columns:\n");
            foreach (var column in Columns)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"      - name: {column}\n        data_type: text\n        description: {(column == "status" ? "\"{{ doc('status') }}\"" : $"The {column} of the order.")}\n");
                yaml.Append((column, index % 4) switch
                {
                    ("order_id", _) => "        data_tests:\n          - unique\n",
                    ("status", 1) => "        data_tests:\n          - accepted_values:\n              arguments: {values: [placed, shipped, returned]}\n",
                    ("customer_id", 2) when index >= 100 => $"        data_tests:\n          - relationships:\n              arguments:\n                to: ref('model_{index - 100}')\n                field: customer_id\n",
                    ("customer_id", 2) => "        data_tests:\n          - not_null\n",
                    ("amount", 3) => "        data_tests:\n          - at_least:\n              arguments: {least: 0}\n              config: {severity: warn}\n",
                    ("ordered_at", 0) => "        data_tests:\n          - not_null\n",
                    _ => "",
                });
            }

            yaml.Append('\n');
        }

        return yaml.ToString();
    }
}
