namespace Platform.Worker.Contracts.Plan;

/// <summary>Why a row is not accepted.</summary>
/// <param name="Column">The column at fault; null when the row as a whole is.</param>
/// <param name="Rule">One of <see cref="Rules"/>.</param>
/// <param name="Value">The offending value, shortened; null when there is none.</param>
/// <param name="Message">What was found and what is expected.</param>
internal sealed record Violation(string? Column, string Rule, string? Value, string Message);

/// <summary>Names of the rules as the quarantine shows them.</summary>
internal static class Rules
{
    public const string Encoding = "encoding";
    public const string Columns = "columns";
    public const string UnknownColumn = "unknown_column";
    public const string Required = "required";
    public const string Type = "type";
    public const string Length = "length";
    public const string Range = "range";
    public const string Multiple = "multiple";
    public const string Pattern = "pattern";
    public const string Enumeration = "enumeration";
    public const string Partition = "partition";
    public const string Unique = "unique";
    public const string Reference = "reference";
}
