using System.Text;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>The custom property <c>file</c>: how the files of a dataset are written.</summary>
internal static class FileFormSection
{
    private static readonly Dictionary<string, char> Delimiters = new(StringComparer.Ordinal)
    {
        [","] = ',',
        [";"] = ';',
        ["|"] = '|',
        ["tab"] = '\t',
    };

    private static readonly Dictionary<string, char> DecimalSeparators = new(StringComparer.Ordinal) { ["."] = '.', [","] = ',' };

    public static FileForm Read(ContractNode? property)
    {
        if (property?.Child("value") is not { } file)
        {
            return FileForm.Default;
        }

        file.Allow(["delimiter", "encoding", "decimalSeparator", "nullText"], []);
        return new FileForm
        {
            Delimiter = file.Choice("delimiter", Delimiters) ?? FileForm.Default.Delimiter,
            Encoding = Encoding(file) ?? FileForm.Default.Encoding,
            DecimalSeparator = file.Choice("decimalSeparator", DecimalSeparators) ?? FileForm.Default.DecimalSeparator,
            NullText = file.Text("nullText"),
        };
    }

    private static string? Encoding(ContractNode file)
    {
        if (file.Text("encoding") is not { } name)
        {
            return null;
        }

        try
        {
            _ = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? System.Text.Encoding.GetEncoding(name);
            return name.ToLowerInvariant();
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            file.Report("encoding", $"'{name}' is no encoding; expected a name of the IANA registry, for example utf-8 or windows-1252.");
            return null;
        }
    }
}
