using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>The <c>properties</c> of a contract's schema: the columns of the files and of the fact table.</summary>
internal static class ColumnSection
{
    /// <summary>PostgreSQL takes 1,600 columns; a fact table has three of its own, and room is left for those that files add.</summary>
    private const int MaxColumns = 1_500;

    public static IReadOnlyList<ParsedColumn> Read(ContractNode schema, QualitySection quality, RelationshipSection relationships)
    {
        var columns = new List<ParsedColumn>();
        foreach (var property in schema.Children("properties"))
        {
            var column = Column(property, quality, relationships);
            if (columns.Any(other => string.Equals(other.Column.Name, column.Column.Name, StringComparison.OrdinalIgnoreCase)))
            {
                property.Report("name", $"column '{column.Column.Name}' is declared twice.");
            }
            else if (columns.Find(other => Header(other.Column) == Header(column.Column)) is { } same)
            {
                property.Report("physicalName", $"columns '{same.Column.Name}' and '{column.Column.Name}' have the same header '{Header(column.Column)}'.");
            }

            columns.Add(column);
        }

        if (columns.Count is 0 or > MaxColumns)
        {
            schema.Report(columns.Count == 0 ? "'properties' declares no column." : $"'properties' declares {columns.Count} columns; expected at most {MaxColumns}.");
        }

        return columns;
    }

    /// <summary>Names of the key columns in key order.</summary>
    public static IReadOnlyList<string> Key(ContractNode schema, IReadOnlyList<ParsedColumn> columns)
    {
        var key = columns.Where(column => column.IsKey).OrderBy(column => column.KeyPosition ?? 1).ToList();
        if (key.Count == 0)
        {
            schema.Report("no column has primaryKey: true; a dataset needs a key that is unique within a partition.");
        }

        var positions = key.Select(column => column.KeyPosition ?? (key.Count == 1 ? 1 : 0));
        if (!positions.SequenceEqual(Enumerable.Range(1, key.Count)))
        {
            schema.Report($"primaryKeyPosition of the {key.Count} key columns must be 1 to {key.Count}, each once.");
        }

        return [.. key.Select(column => column.Column.Name)];
    }

    private static ParsedColumn Column(ContractNode property, QualitySection quality, RelationshipSection relationships)
    {
        property.Allow(
            ["id", "name", "physicalName", "logicalType", "physicalType", "logicalTypeOptions", "required", "unique", "primaryKey",
                "primaryKeyPosition", "quality", "relationships"],
            ["description", "businessName", "classification", "tags", "examples", "criticalDataElement", "authoritativeDefinitions"]);
        var name = property.Name("name");
        var key = property.Flag("primaryKey");
        var position = property.WholeNumber("primaryKeyPosition", 1);
        if (position is not null && !key)
        {
            property.Report("primaryKeyPosition", $"column '{name}' has a primaryKeyPosition but not primaryKey: true.");
        }

        var column = new ContractColumn
        {
            Name = name,
            Description = property.Text("description") ?? "",
            HeaderName = property.Text("physicalName") is { } header && header != name ? header : null,
            Type = default,
            Required = property.Flag("required"),
            Unique = property.Flag("unique"),
        };
        if (ColumnTypes.Read(property, column) is { } typed)
        {
            column = quality.OfColumn(property, typed, ColumnOptions.Read(property, typed));
            Check(property, column);
        }

        if (key && !column.Required)
        {
            property.Report($"column '{name}' is part of the key; say required: true.");
        }

        relationships.Read(property, column);
        return new ParsedColumn(column, key, position);
    }

    private static void Check(ContractNode property, ContractColumn column)
    {
        if (RangeLimits.Of(column) is var (minimum, maximum) && minimum > maximum)
        {
            property.Report("logicalTypeOptions", $"column '{column.Name}': no value is within the limits.");
        }

        if (column is { Type: ColumnType.Boolean, Unique: true })
        {
            property.Report("unique", $"column '{column.Name}': unique values of a boolean are not implemented: remove it.");
        }

        foreach (var value in column.MissingValues.Where(value => column.Enumeration.Contains(value, StringComparer.Ordinal)))
        {
            property.Report("quality", $"column '{column.Name}': '{value}' is both a valid and a missing value; keep one.");
        }
    }

    private static string Header(ContractColumn column) => column.HeaderName ?? column.Name;
}

/// <summary>A column with its place in the key.</summary>
internal sealed record ParsedColumn(ContractColumn Column, bool IsKey, int? KeyPosition);
