using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Worker.Contracts;

/// <summary>The fact tables of a domain as sources of dbt (https://docs.getdbt.com/reference/source-properties), written from its contracts.</summary>
internal static class DbtSources
{
    /// <summary>A JSON string is a YAML string.</summary>
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Name of the properties file, below a folder of models.</summary>
    public static string FileName(Domain domain) => $"_{domain.Name}__sources.yml";

    public static string Yaml(Domain domain)
    {
        List<string> lines =
        [
            "version: 2",
            "",
            "sources:",
            $"  - name: {domain.Name}",
            $"    description: Fact tables of the domain {domain.Name}, filled by the loader from its contracts.",
            $"    schema: {domain.Name}",
            "    tables:",
        ];
        foreach (var contract in domain.Datasets)
        {
            lines.Add($"      - name: {contract.Dataset}");
            lines.Add($"        description: {Quoted(contract.Description)}");
            lines.Add("        columns:");
            foreach (var column in contract.Columns)
            {
                lines.AddRange(Column(column.Name, column.Description, column.SqlType));
            }

            lines.AddRange(Column("_partition", "Data date that the row belongs to.", "date"));
            lines.AddRange(Column("_load", "Load that it came with: meta.partition_load.", "bigint"));
            lines.AddRange(Column("_line", "Line of the load's files.", "integer"));
        }

        return string.Join('\n', lines) + '\n';
    }

    private static IEnumerable<string> Column(string name, string description, string type) =>
    [
        $"          - name: {name}",
        $"            description: {Quoted(description)}",
        $"            data_type: {type}",
    ];

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Quoting);
}
