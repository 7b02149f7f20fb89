using System.Globalization;
using CsvHelper;
using Npgsql;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// A seed's CSV file: its columns with configured or inferred types (dbt's order: integer, numeric, date, timestamp, boolean, text; an
/// empty field is null), and its way into a table by COPY.
/// </summary>
internal sealed class SeedFile(Node node)
{
    private static readonly string[] Types = ["integer", "bigint", "numeric", "date", "timestamp without time zone", "boolean", "text"];

    private readonly string _path = node.FullPath!;

    public IReadOnlyList<ColumnInfo> Columns()
    {
        var configured = node.Config.Map("column_types");
        using var csv = Open();
        var names = csv.Headers.ToArray();
        var levels = new int[names.Length];
        var filled = new bool[names.Length];
        while (csv.Read())
        {
            CheckWidth(csv, names.Length);
            for (var index = 0; index < names.Length; index++)
            {
                var text = csv.GetString(index);
                if (IsNull(text) || levels[index] == Types.Length - 1)
                {
                    continue;
                }

                filled[index] = true;
                while (!Fits(text, Types[levels[index]]))
                {
                    levels[index]++;
                }
            }
        }

        return [.. names.Select((name, index) => new ColumnInfo(
            name, configured.TryGetValue(name, out var type) && type is not null ? type.ToString()! : filled[index] ? Types[levels[index]] : "text"))];
    }

    /// <returns>The number of rows.</returns>
    public long CopyTo(NpgsqlConnection connection, Relation relation, IReadOnlyList<ColumnInfo> columns)
    {
        using var csv = Open();
        using var copy = connection.BeginTextImport(
            $"copy {relation.Qualified} ({Sql.Identifiers(columns.Select(column => column.Name))}) from stdin (format csv)");
        var rows = 0L;
        while (csv.Read())
        {
            CheckWidth(csv, columns.Count);
            for (var index = 0; index < columns.Count; index++)
            {
                copy.Write(index == 0 ? "" : ",");
                var text = csv.GetString(index);
                if (!IsNull(text))
                {
                    copy.Write('"');
                    copy.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
                    copy.Write('"');
                }
            }

            copy.Write('\n');
            rows++;
        }

        return rows;
    }

    private CsvReader Open()
    {
        var delimiter = node.Config.Text("delimiter") is { Length: > 0 } configured ? configured[0] : ',';
        var csv = CsvReader.FromFile(_path, new CsvReaderOptions { Separator = delimiter, HasHeader = true, TrackLineNumbers = true });
        csv.ReadHeader();
        return csv;
    }

    private void CheckWidth(CsvReader csv, int expected)
    {
        if (csv.FieldCount != expected)
        {
            throw new TransformException(
                new SourceLocation(node.OriginalFilePath, (int)csv.LineNumber), $"the line has {csv.FieldCount} fields, the header {expected}. Correct the line.");
        }
    }

    private static bool IsNull(string text) => text.Length == 0 || text.Equals("null", StringComparison.OrdinalIgnoreCase);

    private static bool Fits(string text, string type) => type switch
    {
        "integer" => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "bigint" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "numeric" => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "timestamp without time zone" => DateTime.TryParseExact(
            text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFF", "yyyy-MM-ddTHH:mm:ssZ"],
            CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "boolean" => text.ToUpperInvariant() is "TRUE" or "FALSE",
        _ => true,
    };
}
