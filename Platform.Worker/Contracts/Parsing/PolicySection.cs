namespace Platform.Worker.Contracts.Parsing;

/// <summary>The contract's <c>customProperties</c>: the form of its files and what a load does beyond its checks.</summary>
internal static class PolicySection
{
    public static readonly string[] Properties =
    [
        "dependsOn", "partitionColumn", "controlSums", "file", "schemaEvolution", "partitioning", "amountColumn", "amountCurrency", "quarantineLimit", "lateRows",
        "optional", "manifest",
    ];

    private static readonly Dictionary<string, SchemaEvolution> Evolutions = new(StringComparer.Ordinal)
    {
        ["freeze"] = SchemaEvolution.Freeze,
        ["evolve"] = SchemaEvolution.Evolve,
        ["quarantine"] = SchemaEvolution.Quarantine,
    };

    private static readonly Dictionary<string, FactPartitioning> Partitionings = new(StringComparer.Ordinal)
    {
        ["none"] = FactPartitioning.None,
        ["month"] = FactPartitioning.Month,
        ["day"] = FactPartitioning.Day,
    };

    private static readonly Dictionary<string, bool> Manifests = new(StringComparer.Ordinal) { ["required"] = false, ["optional"] = true };

    /// <summary>The contract with what the properties say.</summary>
    public static DatasetContract Read(IReadOnlyDictionary<string, ContractNode> custom, DatasetContract contract)
    {
        ContractNode? Property(string name) => custom.GetValueOrDefault(name);

        var (rows, percent) = QuarantineLimit(Property("quarantineLimit"));
        return contract with
        {
            PartitionColumn = PartitionColumn(Property("partitionColumn"), contract),
            ControlSums = ControlSums(Property("controlSums"), contract),
            Form = FileFormSection.Read(Property("file")),
            Policy = new LoadPolicy
            {
                Evolution = Property("schemaEvolution")?.Choice("value", Evolutions) ?? default,
                Partitioning = Property("partitioning")?.Choice("value", Partitionings) ?? default,
                AmountColumn = AmountColumn(Property("amountColumn"), contract),
                AmountCurrency = AmountCurrency(Property("amountCurrency"), custom.ContainsKey("amountColumn"), contract),
                MaxQuarantinedRows = rows,
                MaxQuarantinedPercent = percent,
                LateDays = LateDays(Property("lateRows"), custom.ContainsKey("partitionColumn")),
                IsOptional = Property("optional")?.Flag("value") ?? false,
                IsManifestOptional = Property("manifest")?.Choice("value", Manifests) ?? false,
            },
        };
    }

    private static string? PartitionColumn(ContractNode? node, DatasetContract contract)
    {
        if (node?.Text("value") is not { } name)
        {
            return null;
        }

        if (!contract.Columns.Any(column => column.Name == name && column is { Required: true, Type: ColumnType.Date or ColumnType.Timestamp }))
        {
            node.Report("value", $"partitionColumn '{name}' is no required date or timestamp column of this contract.");
        }

        return name;
    }

    private static IReadOnlyList<string> ControlSums(ContractNode? node, DatasetContract contract)
    {
        var names = node?.Texts("value") ?? [];
        foreach (var name in names.Where(name => !IsNumber(contract, name)))
        {
            node!.Report("value", $"controlSums: '{name}' is no integer or number column of this contract.");
        }

        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
        {
            node!.Report("value", "controlSums names a column twice.");
        }

        return names;
    }

    private static string? AmountColumn(ContractNode? node, DatasetContract contract)
    {
        if (node?.Text("value") is not { } name)
        {
            return null;
        }

        if (!IsNumber(contract, name))
        {
            node.Report("value", $"amountColumn '{name}' is no integer or number column of this contract.");
        }

        return name;
    }

    private static string? AmountCurrency(ContractNode? node, bool hasAmount, DatasetContract contract)
    {
        if (node?.Text("value") is not { } currency)
        {
            return null;
        }

        var isCode = currency.Length == 3 && currency.All(char.IsAsciiLetterUpper);
        if (!isCode && !contract.Columns.Any(column => column.Name == currency && column.Type == ColumnType.Text))
        {
            node.Report("value", $"amountCurrency '{currency}' is neither an ISO 4217 code, for example EUR, nor a text column of this contract.");
        }

        if (!hasAmount)
        {
            node.Report("amountCurrency needs an amountColumn.");
        }

        return currency;
    }

    private static (long? Rows, decimal? Percent) QuarantineLimit(ContractNode? node)
    {
        if (node?.Child("value") is not { } limit)
        {
            return default;
        }

        limit.Allow(["rows", "percent"], []);
        var percent = limit.Number("percent");
        if (percent is < 0 or > 100)
        {
            limit.Report("percent", $"quarantineLimit: percent is {percent}; expected 0 to 100.");
        }

        if (!limit.Has("rows") && !limit.Has("percent"))
        {
            limit.Report("quarantineLimit gives neither rows nor percent.");
        }

        return (limit.WholeNumber("rows", 0), percent);
    }

    private static int LateDays(ContractNode? node, bool hasPartitionColumn)
    {
        if (node?.Child("value") is not { } late)
        {
            return 0;
        }

        late.Allow(["days"], []);
        if (!hasPartitionColumn)
        {
            late.Report("lateRows needs a partitionColumn, which tells the date of a row.");
        }

        if (!late.Has("days"))
        {
            late.Report("lateRows lacks 'days'.");
        }

        return late.WholeNumber("days", 1) ?? 0;
    }

    private static bool IsNumber(DatasetContract contract, string name) => contract.Columns.Any(column =>
        column.Name == name && column.Type is ColumnType.Integer or ColumnType.BigInt or ColumnType.Numeric);
}
