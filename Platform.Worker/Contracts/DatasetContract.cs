namespace Platform.Worker.Contracts;

/// <summary>A group of datasets that is landed and loaded together: one folder of the landing zone, one schema of fact tables, one task.</summary>
/// <param name="Name">Name of the schema and of the landing folder.</param>
/// <param name="DependsOn">Domains whose partition of the same date is loaded before this one's.</param>
/// <param name="Datasets">In the order in which they are loaded: a dataset comes after those that its rows refer to.</param>
internal sealed record Domain(string Name, IReadOnlyList<string> DependsOn, IReadOnlyList<DatasetContract> Datasets)
{
    /// <summary>The configured folder that its contracts are in or below.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The folder of its contracts.</summary>
    public string Directory => Path.GetDirectoryName(Datasets[0].File)!;

    /// <summary>Whether a partition is complete only with its manifest; its contracts agree on that.</summary>
    public bool NeedsManifest => Datasets.Any(contract => !contract.Policy.IsManifestOptional);
}

/// <summary>What a supplier promises about one dataset: an ODCS 3.1 file, read and checked.</summary>
internal sealed record DatasetContract
{
    public required string Domain { get; init; }

    /// <summary>Name of the dataset, of its file and of its fact table.</summary>
    public required string Dataset { get; init; }

    public required string Version { get; init; }

    public required string Description { get; init; }

    /// <summary>In the order of the contract; files may have them in any order.</summary>
    public required IReadOnlyList<ContractColumn> Columns { get; init; }

    /// <summary>Names of the key columns, in key order. Unique within a partition.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The column whose (UTC) date is the data date, or null when rows carry no such column.</summary>
    public string? PartitionColumn { get; init; }

    /// <summary>Columns that are added up in file, fact table and quarantine.</summary>
    public required IReadOnlyList<string> ControlSums { get; init; }

    /// <summary>How the files are written.</summary>
    public FileForm Form { get; init; } = FileForm.Default;

    /// <summary>Rules over the rows of a partition.</summary>
    public IReadOnlyList<QualityRule> Quality { get; init; } = [];

    /// <summary>When partitions are due and how long they are kept.</summary>
    public ServiceLevel ServiceLevel { get; init; } = ServiceLevel.None;

    /// <summary>What a load does beyond its checks.</summary>
    public LoadPolicy Policy { get; init; } = LoadPolicy.Default;

    /// <summary>References that the loader checks within the partition date. References into the history are the dbt tests' work.</summary>
    public required IReadOnlyList<ContractReference> References { get; init; }

    /// <summary>Path of the contract file.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the contract file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public ContractColumn Column(string name) => Columns.First(column => column.Name == name);
}

internal enum ColumnType
{
    Text,
    Integer,
    BigInt,
    Numeric,
    Date,
    Timestamp,
    Boolean,
}

/// <summary>One column of a contract.</summary>
internal sealed record ContractColumn
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Name in the header of the files (<c>physicalName</c>); the column's own when the contract gives none.</summary>
    public string? HeaderName { get; init; }

    public required ColumnType Type { get; init; }

    /// <summary>Digits in all; numeric columns only.</summary>
    public int Precision { get; init; }

    /// <summary>Digits after the point; numeric columns only.</summary>
    public int Scale { get; init; }

    public bool Required { get; init; }

    /// <summary>Whether a value occurs once in a partition (<c>unique</c>); of rows with the same value the first stays.</summary>
    public bool Unique { get; init; }

    /// <summary>Form of a date or timestamp in the files, in letters of Java's DateTimeFormatter (<c>dd.MM.yyyy</c>); null for ISO 8601.</summary>
    public string? Format { get; init; }

    /// <summary>IANA name of the time zone of timestamps that carry none (<c>defaultTimezone</c>); null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The value is a whole multiple of this number (<c>multipleOf</c>); null when any is.</summary>
    public decimal? MultipleOf { get; init; }

    /// <summary>Texts that are no value, though the field is not empty: refused where a value is required, otherwise null.</summary>
    public IReadOnlyList<string> MissingValues { get; init; } = [];

    /// <summary>Whether no contract names the column, but files brought it along (<see cref="SchemaEvolution.Evolve"/>): optional text.</summary>
    public bool IsUndeclared { get; init; }

    /// <summary>Fewest characters (code points) of a text.</summary>
    public int? MinLength { get; init; }

    /// <summary>Most characters (code points) of a text.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Lower limit as the contract writes it.</summary>
    public Limit? Minimum { get; init; }

    /// <summary>Upper limit as the contract writes it.</summary>
    public Limit? Maximum { get; init; }

    /// <summary>Regular expression (ECMA-262) that the whole text matches.</summary>
    public string? Pattern { get; init; }

    /// <summary>The permitted texts; empty when any is.</summary>
    public IReadOnlyList<string> Enumeration { get; init; } = [];

    /// <summary>Type of the fact table's column.</summary>
    public string SqlType => Type switch
    {
        ColumnType.Text => "text",
        ColumnType.Integer => "integer",
        ColumnType.BigInt => "bigint",
        ColumnType.Numeric => $"numeric({Precision},{Scale})",
        ColumnType.Date => "date",
        ColumnType.Timestamp => "timestamp with time zone",
        ColumnType.Boolean => "boolean",
        _ => throw new InvalidOperationException($"Column type {Type} has no SQL type."),
    };
}

/// <summary>A limit of a range.</summary>
/// <param name="Text">As the contract writes it: a number, a date or a timestamp.</param>
/// <param name="Exclusive">Whether the limit itself is outside.</param>
internal sealed record Limit(string Text, bool Exclusive);

/// <summary>A column whose values are keys of another dataset's partition of the same date.</summary>
internal sealed record ContractReference(string Column, string ToDomain, string ToDataset, string ToColumn);
