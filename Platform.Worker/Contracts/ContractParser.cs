using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Platform.ServiceDefaults;
using Platform.Worker.Warehouse;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Worker.Contracts;

/// <summary>
/// Reads one ODCS 3.1 file. Every construct that would change what is accepted or loaded and is not implemented is reported by name:
/// a promise that nobody checks is worse than none.
/// </summary>
internal sealed partial class ContractParser
{
    /// <summary>Most digits of a numeric column: a scaled value fits 64 bits.</summary>
    private const int MaxPrecision = 18;

    private static readonly string[] ReservedSchemas =
    [
        WarehouseNames.Staging, WarehouseNames.Candidate, WarehouseNames.Analytics, WarehouseNames.Meta, WarehouseNames.Quartz,
        "public", "information_schema",
    ];

    private readonly string _file;
    private readonly List<ContractError> _errors;
    private readonly Dictionary<string, ContractReferenceSite> _referenceSites = new(StringComparer.Ordinal);

    private ContractParser(string file, List<ContractError> errors)
    {
        _file = file;
        _errors = errors;
    }

    /// <summary>Reads the file; faults go to <paramref name="errors"/>, and the result is null when there are any.</summary>
    public static ParsedContract? Parse(string file, List<ContractError> errors)
    {
        var faults = errors.Count;
        var parser = new ContractParser(file, errors);
        var parsed = parser.Parse();
        return errors.Count == faults ? parsed : null;
    }

    private ParsedContract? Parse()
    {
        var content = File.ReadAllBytes(_file);
        var stream = new YamlStream();
        try
        {
            using var reader = new StreamReader(new MemoryStream(content));
            stream.Load(reader);
        }
        catch (YamlException error)
        {
            Report((int)error.Start.Line, $"no valid YAML: {error.Message}");
            return null;
        }

        if (stream.Documents.Count != 1)
        {
            Report(0, $"holds {stream.Documents.Count} YAML documents; expected one contract.");
            return null;
        }

        var root = ContractNode.From(stream.Documents[0].RootNode, "the contract", Report);
        return root is null ? null : Contract(root, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private ParsedContract? Contract(ContractNode root, string sha256)
    {
        root.Allow(
            ["apiVersion", "kind", "id", "name", "version", "status", "domain", "customProperties", "schema"],
            ["description", "tenant", "tags", "dataProduct", "authoritativeDefinitions", "support", "team", "contractCreatedTs"]);
        Expect(root, "apiVersion", "v3.1.0");
        Expect(root, "kind", "DataContract");
        Expect(root, "status", "active");
        root.RequiredText("id");
        var version = root.RequiredText("version");
        var domain = Name(root, "domain");
        if (ReservedSchemas.Contains(domain, StringComparer.Ordinal) || domain.StartsWith("pg_", StringComparison.Ordinal))
        {
            root.Report("domain", $"domain '{domain}' is the name of a schema that the platform or PostgreSQL uses; choose another.");
        }

        var schemas = root.Children("schema");
        if (schemas.Count != 1)
        {
            root.Report("schema", $"'schema' holds {schemas.Count} datasets; expected exactly one per file.");
            return null;
        }

        var schema = schemas[0];
        schema.Allow(
            ["id", "name", "physicalName", "physicalType", "logicalType", "properties"],
            ["description", "businessName", "dataGranularityDescription", "tags", "authoritativeDefinitions"]);
        var dataset = Name(schema, "name");
        Same(schema, "physicalName", dataset);
        if (schema.Has("physicalType"))
        {
            Expect(schema, "physicalType", "table");
        }

        if (root.Has("name"))
        {
            Same(root, "name", dataset);
        }

        if (Path.GetFileName(_file) != dataset + ContractCatalog.FileSuffix)
        {
            root.Report("name", $"the dataset is '{dataset}', so the file must be named {dataset}{ContractCatalog.FileSuffix}.");
        }

        var columns = Columns(schema, domain);
        var custom = CustomProperties(root, ["dependsOn", "partitionColumn", "controlSums"]);
        var contract = new DatasetContract
        {
            Domain = domain,
            Dataset = dataset,
            Version = version,
            Description = root.Child("description")?.Text("purpose") ?? "",
            Columns = [.. columns.Select(column => column.Column)],
            Key = Key(schema, columns),
            PartitionColumn = PartitionColumn(custom, columns),
            ControlSums = ControlSums(custom, columns),
            References = [.. _referenceSites.Values.Select(site => site.Reference)],
            File = _file,
            Sha256 = sha256,
        };
        var dependsOn = custom.TryGetValue("dependsOn", out var node) ? node.Texts("value") : [];
        return new ParsedContract(contract, dependsOn, node?.LineAt("value") ?? 0, _referenceSites);
    }

    private List<ParsedColumn> Columns(ContractNode schema, string domain)
    {
        var columns = new List<ParsedColumn>();
        foreach (var property in schema.Children("properties"))
        {
            var column = Column(property, domain);
            if (columns.Any(other => string.Equals(other.Column.Name, column.Column.Name, StringComparison.OrdinalIgnoreCase)))
            {
                property.Report("name", $"column '{column.Column.Name}' is declared twice.");
            }

            columns.Add(column);
        }

        if (columns.Count == 0)
        {
            schema.Report("'properties' declares no column.");
        }

        return columns;
    }

    private ParsedColumn Column(ContractNode property, string domain)
    {
        property.Allow(
            ["id", "name", "physicalName", "logicalType", "physicalType", "logicalTypeOptions", "required", "primaryKey",
                "primaryKeyPosition", "quality", "relationships"],
            ["description", "businessName", "classification", "tags", "examples", "criticalDataElement", "authoritativeDefinitions"]);
        var name = Name(property, "name");
        Same(property, "physicalName", name);
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
            Type = default,
            Required = property.Flag("required"),
            Enumeration = Enumeration(property, name),
        };
        if (Typed(property, column) is { } typed)
        {
            column = Options(property, typed);
            if (column is { Type: ColumnType.Boolean, Enumeration.Count: > 0 })
            {
                property.Report("quality", $"column '{name}': validValues of a boolean are not implemented: remove them.");
            }

            foreach (var value in column.Enumeration.Where(value => !Plan.CompiledColumn.IsOfType(typed, value)))
            {
                property.Report("quality", $"column '{name}': validValues holds '{value}', which is no {column.SqlType}.");
            }
        }

        if (key && !column.Required)
        {
            property.Report($"column '{name}' is part of the key; say required: true.");
        }

        foreach (var relationship in property.Children("relationships"))
        {
            Relationship(relationship, column, domain);
        }

        return new ParsedColumn(column, key, position, property.Line);
    }

    private static ContractColumn? Typed(ContractNode property, ContractColumn column)
    {
        var logical = property.RequiredText("logicalType");
        var physical = (property.Text("physicalType") ?? "").ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
        var numeric = NumericType().Match(physical);
        var typed = (logical, physical) switch
        {
            ("string", "" or "text" or "varchar") => column with { Type = ColumnType.Text },
            ("integer", "integer" or "int" or "int4") => column with { Type = ColumnType.Integer },
            ("integer", "" or "bigint" or "int8") => column with { Type = ColumnType.BigInt },
            ("date", "" or "date") => column with { Type = ColumnType.Date },
            ("timestamp", "" or "timestamptz" or "timestampwithtimezone") => column with { Type = ColumnType.Timestamp },
            ("boolean", "" or "boolean" or "bool") => column with { Type = ColumnType.Boolean },
            ("number", _) when numeric.Success => column with
            {
                Type = ColumnType.Numeric,
                Precision = int.Parse(numeric.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
                Scale = int.Parse(numeric.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
            },
            _ => null,
        };
        if (typed is null)
        {
            property.Report(
                property.Has("physicalType") ? "physicalType" : "logicalType",
                $"column '{column.Name}': logicalType '{logical}' with physicalType '{physical}' is not implemented. Implemented: string text, " +
                "integer integer|bigint, number numeric(p,s), date date, timestamp timestamptz, boolean boolean.");
            return null;
        }

        if (typed.Type == ColumnType.Numeric && (typed.Precision is < 1 or > MaxPrecision || typed.Scale > typed.Precision))
        {
            property.Report(
                "physicalType", $"column '{column.Name}': {physical} is not implemented; expected 1 to {MaxPrecision} digits, of which 0 to all decimals.");
            return null;
        }

        return typed;
    }

    private static ContractColumn Options(ContractNode property, ContractColumn column)
    {
        if (property.Child("logicalTypeOptions") is not { } options)
        {
            return column;
        }

        if (column.Type == ColumnType.Text)
        {
            options.Allow(["minLength", "maxLength", "pattern"], []);
            column = column with
            {
                MinLength = options.WholeNumber("minLength", 0),
                MaxLength = options.WholeNumber("maxLength", 0),
                Pattern = Pattern(options),
            };
            if (column.MinLength > column.MaxLength)
            {
                options.Report("maxLength", $"column '{column.Name}': maxLength {column.MaxLength} is below minLength {column.MinLength}.");
            }

            return column;
        }

        if (column.Type == ColumnType.Boolean)
        {
            options.Allow([], []);
            return column;
        }

        options.Allow(["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"], []);
        column = column with
        {
            Minimum = Limit(options, "minimum", "exclusiveMinimum", column),
            Maximum = Limit(options, "maximum", "exclusiveMaximum", column),
        };
        if (Plan.RangeLimits.Of(column) is var (minimum, maximum) && minimum > maximum)
        {
            options.Report($"column '{column.Name}': no value is within the limits.");
        }

        return column;
    }

    private static Limit? Limit(ContractNode options, string inclusive, string exclusive, ContractColumn column)
    {
        if (options.Has(inclusive) && options.Has(exclusive))
        {
            options.Report(exclusive, $"column '{column.Name}' has both {inclusive} and {exclusive}; keep one.");
        }

        var key = options.Has(exclusive) ? exclusive : inclusive;
        if (options.Text(key) is not { } text)
        {
            return null;
        }

        var limit = new Limit(text, key == exclusive);
        if (Plan.RangeLimits.TryValue(column, limit.Text, out _))
        {
            return limit;
        }

        options.Report(key, $"column '{column.Name}': {key} '{text}' is no {column.SqlType}.");
        return null;
    }

    private static string? Pattern(ContractNode options)
    {
        var pattern = options.Text("pattern");
        if (pattern is null)
        {
            return null;
        }

        try
        {
            _ = Plan.TextPattern.Compile(pattern);
            return pattern;
        }
        catch (ArgumentException error)
        {
            options.Report("pattern", $"pattern '{pattern}' is no ECMA-262 regular expression: {error.Message}");
            return null;
        }
    }

    private static IReadOnlyList<string> Enumeration(ContractNode property, string column)
    {
        IReadOnlyList<string> values = [];
        foreach (var quality in property.Children("quality"))
        {
            quality.Allow(["id", "type", "metric", "arguments", "mustBe"], ["name", "description", "dimension", "businessImpact", "tags"]);
            if ((quality.Text("type") ?? "library") != "library" || quality.Text("metric") != "invalidValues" || quality.Text("mustBe") != "0")
            {
                quality.Report(
                    $"column '{column}': this quality rule is not implemented. Implemented: type library, metric invalidValues with " +
                    "arguments.validValues and mustBe 0.");
                continue;
            }

            var arguments = quality.Child("arguments");
            arguments?.Allow(["validValues"], []);
            values = arguments?.Texts("validValues") ?? [];
            if (values.Count == 0)
            {
                quality.Report($"column '{column}': invalidValues needs arguments.validValues.");
            }
        }

        return values;
    }

    private void Relationship(ContractNode relationship, ContractColumn column, string domain)
    {
        relationship.Allow(["type", "to", "customProperties"], []);
        if (relationship.Has("type"))
        {
            Expect(relationship, "type", "foreignKey");
        }

        var to = relationship.RequiredText("to");
        var match = ReferenceTarget().Match(to);
        if (!match.Success)
        {
            relationship.Report(
                "to", $"'{to}' is no reference; expected [../Domain/]dataset.odcs.yaml#/schema/dataset/properties/column.");
            return;
        }

        var scope = CustomProperties(relationship, ["scope"]).TryGetValue("scope", out var node) ? node.Text("value") : "partition";
        switch (scope)
        {
            case "history":
                return;
            case "partition":
                break;
            default:
                relationship.Report($"scope '{scope}' is unknown; expected partition or history.");
                return;
        }

        if (match.Groups["file"].Value != match.Groups["dataset"].Value)
        {
            relationship.Report("to", $"'{to}' names two datasets, '{match.Groups["file"].Value}' and '{match.Groups["dataset"].Value}'.");
        }

        var toDomain = match.Groups["domain"].Success ? match.Groups["domain"].Value.ToLowerInvariant() : domain;
        var reference = new ContractReference(column.Name, toDomain, match.Groups["dataset"].Value, match.Groups["column"].Value);
        if (!_referenceSites.TryAdd(column.Name, new ContractReferenceSite(reference, relationship.LineAt("to"))))
        {
            relationship.Report("to", $"column '{column.Name}' has a second reference within the partition; one is implemented.");
        }
    }

    private static IReadOnlyList<string> Key(ContractNode schema, List<ParsedColumn> columns)
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

    private static string? PartitionColumn(Dictionary<string, ContractNode> custom, List<ParsedColumn> columns)
    {
        if (!custom.TryGetValue("partitionColumn", out var node) || node.Text("value") is not { } name)
        {
            return null;
        }

        if (!columns.Any(column => column.Column.Name == name && column.Column is { Required: true, Type: ColumnType.Date or ColumnType.Timestamp }))
        {
            node.Report("value", $"partitionColumn '{name}' is no required date or timestamp column of this contract.");
        }

        return name;
    }

    private static IReadOnlyList<string> ControlSums(Dictionary<string, ContractNode> custom, List<ParsedColumn> columns)
    {
        if (!custom.TryGetValue("controlSums", out var node))
        {
            return [];
        }

        var names = node.Texts("value");
        foreach (var name in names)
        {
            if (!columns.Any(column => column.Column.Name == name
                && column.Column.Type is ColumnType.Integer or ColumnType.BigInt or ColumnType.Numeric))
            {
                node.Report("value", $"controlSums: '{name}' is no integer or number column of this contract.");
            }
        }

        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
        {
            node.Report("value", "controlSums names a column twice.");
        }

        return names;
    }

    private static Dictionary<string, ContractNode> CustomProperties(ContractNode parent, string[] implemented)
    {
        var found = new Dictionary<string, ContractNode>(StringComparer.Ordinal);
        foreach (var property in parent.Children("customProperties"))
        {
            property.Allow(["property", "value"], ["id", "description"]);
            var name = property.RequiredText("property");
            if (!implemented.Contains(name, StringComparer.Ordinal))
            {
                property.Report("property", $"customProperty '{name}' is not implemented: remove it. Implemented: {string.Join(", ", implemented)}.");
            }
            else if (!property.Has("value"))
            {
                property.Report($"customProperty '{name}' lacks 'value'.");
            }
            else if (!found.TryAdd(name, property))
            {
                property.Report("property", $"customProperty '{name}' is given twice.");
            }
        }

        return found;
    }

    private static string Name(ContractNode node, string key)
    {
        var name = node.RequiredText(key);
        if (name.Length > 0 && (!TableName().IsMatch(name) || name.Length > Sql.MaxIdentifierBytes))
        {
            node.Report(key, $"'{name}' must be a lower-case name: a letter, then letters, digits and '_', at most {Sql.MaxIdentifierBytes}.");
        }

        return name;
    }

    private static void Expect(ContractNode node, string key, string expected)
    {
        var value = node.RequiredText(key);
        if (value.Length > 0 && value != expected)
        {
            node.Report(key, $"'{key}' is '{value}'; implemented is {expected}.");
        }
    }

    private static void Same(ContractNode node, string key, string name)
    {
        if (node.Text(key) is { } other && other != name)
        {
            node.Report(key, $"'{key}' is '{other}' and the name is '{name}'; different names are not implemented, make them equal.");
        }
    }

    private void Report(int line, string message) => _errors.Add(new ContractError(_file, line, message));

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex TableName();

    [GeneratedRegex("^(?:numeric|decimal)\\(([0-9]{1,3}),([0-9]{1,3})\\)$")]
    private static partial Regex NumericType();

    [GeneratedRegex("^(?:.*?(?<domain>[A-Za-z0-9_]+)/)?(?<file>[a-z0-9_]+)\\.odcs\\.yaml#/schema/(?<dataset>[a-z0-9_]+)/properties/(?<column>[a-z0-9_]+)$")]
    private static partial Regex ReferenceTarget();

    private sealed record ParsedColumn(ContractColumn Column, bool IsKey, int? KeyPosition, int Line);
}

/// <summary>Where in its file a contract declares a reference.</summary>
internal sealed record ContractReferenceSite(ContractReference Reference, int Line);

/// <summary>A contract that is right in itself; the catalogue checks it against the others.</summary>
internal sealed record ParsedContract(
    DatasetContract Contract, IReadOnlyList<string> DependsOn, int DependsOnLine, IReadOnlyDictionary<string, ContractReferenceSite> References);
