namespace Platform.Worker.Contracts;

/// <summary>How the files of a dataset are written: the contract's custom property <c>file</c>. Compression is told by the file's ending.</summary>
internal sealed record FileForm
{
    /// <summary>RFC 4180, UTF-8, comma, decimal point.</summary>
    public static FileForm Default { get; } = new();

    /// <summary>Character between fields: one of <c>, ; | tab</c>. Default comma.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>IANA name of the encoding of a file without byte order mark, for example <c>windows-1252</c>. Default UTF-8.</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>Character before the decimals of a number: <c>.</c> or <c>,</c>. Default point.</summary>
    public char DecimalSeparator { get; init; } = '.';

    /// <summary>Text that stands for no value beside the empty field, for example <c>NULL</c>. Default none.</summary>
    public string? NullText { get; init; }
}
