using System.Buffers;
using System.Text;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Fields as a line of text (RFC 4180), without its line break.</summary>
internal static class CsvText
{
    public static string Line(IEnumerable<string> fields, char delimiter)
    {
        var special = SearchValues.Create([delimiter, '"', '\r', '\n']);
        var line = new StringBuilder();
        foreach (var field in fields)
        {
            if (field.AsSpan().ContainsAny(special))
            {
                line.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            }
            else
            {
                line.Append(field);
            }

            line.Append(delimiter);
        }

        // One empty field is a record, an empty line is none.
        return line.Length > 1 ? line.ToString(0, line.Length - 1) : "\"\"";
    }
}
