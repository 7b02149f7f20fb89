using System.Globalization;
using System.Text;

namespace Platform.Benchmarks.Transform;

/// <summary>A dbt project like those that people have: seeds, staging views, marts, an incremental model and tests, so many domains of them.</summary>
internal static class GeneratedProject
{
    private const int Orders = 2_000;

    public static void Write(string directory, int domains)
    {
        Write(directory, "dbt_project.yml", "name: bench\nprofile: bench\nversion: '1.0'\nmodels: {bench: {+materialized: view, marts: {+materialized: table}}}\n");
        for (var domain = 1; domain <= domains; domain++)
        {
            var name = $"d{domain}";
            Write(directory, $"seeds/{name}_orders.csv", Csv(domain));
            Write(directory, $"models/staging/stg_{name}_orders.sql", $$$"""
                select id as order_id, customer as customer_id, ordered_on, amount / 100.0 as amount, status from {{ ref('{{{name}}}_orders') }}
                """);
            Write(directory, $"models/marts/{name}_customers.sql", $$$"""
                select customer_id, count(*) as orders, sum(amount) as amount, min(ordered_on) as first_order, max(ordered_on) as last_order
                from {{ ref('stg_{{{name}}}_orders') }} group by 1
                """);
            Write(directory, $"models/marts/{name}_months.sql", $$$"""
                {{ config(indexes=[{'columns': ['month'], 'unique': true}]) }}
                select {{ dbt.date_trunc('month', 'ordered_on') }} as month, count(*) as orders, sum(amount) as amount
                from {{ ref('stg_{{{name}}}_orders') }} group by 1
                """);
            Write(directory, $"models/marts/{name}_events.sql", $$$"""
                {{ config(materialized='incremental', unique_key='order_id') }}
                select * from {{ ref('stg_{{{name}}}_orders') }}
                {% if is_incremental() %} where ordered_on >= (select max(ordered_on) from {{ this }}) {% endif %}
                """);
            Write(directory, $"models/schema_{name}.yml", $$$$"""
                models:
                  - name: stg_{{{{name}}}}_orders
                    columns:
                      - {name: order_id, data_tests: [unique, not_null]}
                      - {name: status, data_tests: [{accepted_values: {arguments: {values: [placed, shipped, returned]}}}]}
                  - name: {{{{name}}}}_customers
                    columns:
                      - {name: customer_id, data_tests: [unique, not_null]}
                """);
        }

        var all = string.Join("\nunion all\n", Enumerable.Range(1, domains).Select(domain => $"select * from {{{{ ref('d{domain}_months') }}}}"));
        Write(directory, "models/marts/months.sql", all);
    }

    private static string Csv(int domain)
    {
        string[] states = ["placed", "shipped", "returned"];
        var text = new StringBuilder("id,customer,ordered_on,amount,status\n");
        for (var order = 0; order < Orders; order++)
        {
            var day = new DateOnly(2026, 1, 1).AddDays(order * 7 % 180);
            text.Append(CultureInfo.InvariantCulture, $"{order},{order * domain % 97},{day:yyyy-MM-dd},{100 + (order * 31 % 5000)},{states[order % 3]}\n");
        }

        return text.ToString();
    }

    private static void Write(string directory, string path, string text)
    {
        var full = Path.Combine(directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
