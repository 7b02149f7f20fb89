namespace Platform.Worker.Sources.Defects;

/// <summary>One thing wrong with a row.</summary>
/// <param name="Rule">Rule of the contract that the row breaks, as the quarantine names it.</param>
/// <param name="Column">Column that is spoilt; null when it is the row as a whole.</param>
/// <param name="Value">Bytes of the field as they stand in the file.</param>
internal sealed record Defect(string Rule, string? Column, byte[] Value)
{
    /// <summary>A field too few.</summary>
    public static Defect Columns { get; } = new("columns", null, []);

    /// <summary>The row once more.</summary>
    public static Defect Unique { get; } = new("unique", null, []);

    public static Defect Type(string column) => new("type", column, "n/a"u8.ToArray());

    public static Defect Required(string column) => new("required", column, []);

    /// <summary>A text of <paramref name="length"/> characters.</summary>
    public static Defect Length(string column, int length) => new("length", column, [.. Enumerable.Repeat((byte)'x', length)]);

    public static Defect Range(string column, string value) => Of("range", column, value);

    public static Defect Pattern(string column, string value) => Of("pattern", column, value);

    public static Defect Enumeration(string column, string value) => Of("enumeration", column, value);

    public static Defect Reference(string column, string value) => Of("reference", column, value);

    /// <summary>A row of another day.</summary>
    public static Defect Partition(string column, string value) => Of("partition", column, value);

    /// <summary>Bytes that are not UTF-8.</summary>
    public static Defect Encoding(string column) => new("encoding", column, [(byte)'A', 0xC3, 0x28]);

    private static Defect Of(string rule, string column, string value) => new(rule, column, System.Text.Encoding.UTF8.GetBytes(value));
}
