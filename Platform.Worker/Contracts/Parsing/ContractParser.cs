using System.Security.Cryptography;
using Platform.ServiceDefaults;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>
/// Reads one ODCS 3.1 file. Every construct that would change what is accepted or loaded and is not implemented is reported by name:
/// a promise that nobody checks is worse than none.
/// </summary>
internal sealed class ContractParser
{
    private static readonly string[] ReservedSchemas =
    [
        WarehouseNames.Staging, WarehouseNames.Candidate, WarehouseNames.Analytics, WarehouseNames.Meta, WarehouseNames.Quartz,
        "public", "information_schema",
    ];

    private readonly string _file;
    private readonly List<ContractError> _errors;
    private readonly bool _checkFileName;

    private ContractParser(string file, List<ContractError> errors, bool checkFileName)
    {
        _file = file;
        _errors = errors;
        _checkFileName = checkFileName;
    }

    /// <summary>Reads the file; faults go to <paramref name="errors"/>, and the result is null when there are any.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="errors">Where faults go.</param>
    /// <param name="checkFileName">Whether the file must be named after its dataset.</param>
    public static ParsedContract? Parse(string file, List<ContractError> errors, bool checkFileName = true)
    {
        var faults = errors.Count;
        var parsed = new ContractParser(file, errors, checkFileName).Parse();
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
            ["apiVersion", "kind", "id", "name", "version", "status", "domain", "customProperties", "schema", "slaProperties"],
            ["description", "tenant", "tags", "dataProduct", "authoritativeDefinitions", "support", "team", "contractCreatedTs"]);
        root.Expect("apiVersion", "v3.1.0");
        root.Expect("kind", "DataContract");
        root.Expect("status", "active");
        root.RequiredText("id");
        var version = root.RequiredText("version");
        var domain = Domain(root);
        var schemas = root.Children("schema");
        if (schemas.Count != 1)
        {
            root.Report("schema", $"'schema' holds {schemas.Count} datasets; expected exactly one per file.");
            return null;
        }

        var schema = schemas[0];
        var dataset = Dataset(root, schema);
        var quality = new QualitySection();
        var relationships = new RelationshipSection(domain);
        var columns = ColumnSection.Read(schema, quality, relationships);
        var key = ColumnSection.Key(schema, columns);
        columns = quality.OfDataset(schema, columns);
        var custom = CustomProperties.Of(root, PolicySection.Properties);
        var contract = new DatasetContract
        {
            Domain = domain,
            Dataset = dataset,
            Version = version,
            Description = root.Child("description")?.Text("purpose") ?? "",
            Columns = [.. columns.Select(column => key is [var only] && only == column.Column.Name ? column.Column with { Unique = false } : column.Column)],
            Key = key,
            References = relationships.References,
            Quality = quality.Rules,
            File = _file,
            Sha256 = sha256,
            ControlSums = [],
        };
        contract = PolicySection.Read(custom, contract);
        contract = contract with { ServiceLevel = ServiceLevelSection.Read(root, contract) };
        var dependsOn = custom.TryGetValue("dependsOn", out var node) ? node.Texts("value") : [];
        return new ParsedContract(contract, dependsOn, node?.LineAt("value") ?? 0, relationships.Sites);
    }

    private static string Domain(ContractNode root)
    {
        var domain = root.Name("domain");
        if (ReservedSchemas.Contains(domain, StringComparer.Ordinal) || domain.StartsWith("pg_", StringComparison.Ordinal))
        {
            root.Report("domain", $"domain '{domain}' is the name of a schema that the platform or PostgreSQL uses; choose another.");
        }

        return domain;
    }

    private string Dataset(ContractNode root, ContractNode schema)
    {
        schema.Allow(
            ["id", "name", "physicalName", "physicalType", "logicalType", "properties", "quality"],
            ["description", "businessName", "dataGranularityDescription", "tags", "authoritativeDefinitions"]);
        var dataset = schema.Name("name");
        schema.Same("physicalName", dataset);
        if (schema.Has("physicalType"))
        {
            schema.Expect("physicalType", "table");
        }

        root.Same("name", dataset);
        if (_checkFileName && Path.GetFileName(_file) != dataset + ContractCatalog.FileSuffix)
        {
            root.Report("name", $"the dataset is '{dataset}', so the file must be named {dataset}{ContractCatalog.FileSuffix}.");
        }

        return dataset;
    }

    private void Report(int line, string message) => _errors.Add(new ContractError(_file, line, message));
}

/// <summary>A contract that is right in itself; the catalogue checks it against the others.</summary>
internal sealed record ParsedContract(
    DatasetContract Contract, IReadOnlyList<string> DependsOn, int DependsOnLine, IReadOnlyDictionary<string, ContractReferenceSite> References);
