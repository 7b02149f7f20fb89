using System.Text;

namespace Platform.Worker.Tests.Sources;

/// <summary>A CSV file as the tests read it: by hand, so that they do not depend on what wrote or loads it.</summary>
internal sealed class CsvText
{
    private readonly Dictionary<string, int> _positions;

    private CsvText(string[] header, List<CsvRow> rows)
    {
        Header = header;
        Rows = rows;
        _positions = header.Index().ToDictionary(column => column.Item, column => column.Index);
    }

    public string[] Header { get; }

    public List<CsvRow> Rows { get; }

    /// <summary>Position of a column.</summary>
    public int this[string column] => _positions[column];

    public static CsvText Parse(byte[] content)
    {
        // One character per byte: fields may hold what is not UTF-8.
        var text = Encoding.Latin1.GetString(content);
        var position = 0;
        var header = Line(text, ref position);
        var rows = new List<CsvRow>();
        var file = new CsvText(header, rows);
        while (position < text.Length)
        {
            rows.Add(new CsvRow(file, Line(text, ref position)));
        }

        return file;
    }

    private static string[] Line(string text, ref int position)
    {
        var fields = new List<string>();
        while (true)
        {
            var field = new StringBuilder();
            if (text[position] == '"')
            {
                position++;
                while (text[position] != '"' || text[position + 1] == '"')
                {
                    position += text[position] == '"' ? 1 : 0;
                    field.Append(text[position++]);
                }

                position++;
            }

            while (text[position] is not (',' or '\n'))
            {
                field.Append(text[position++]);
            }

            fields.Add(field.ToString());
            if (text[position++] == '\n')
            {
                return [.. fields];
            }
        }
    }
}

/// <summary>A row; fields are addressed by column.</summary>
internal sealed class CsvRow(CsvText file, string[] fields)
{
    public string[] Fields => fields;

    public string this[string column] => Encoding.UTF8.GetString(Bytes(column));

    public byte[] Bytes(string column) => Encoding.Latin1.GetBytes(fields[file[column]]);

    public decimal Amount(string column) => decimal.Parse(this[column], System.Globalization.CultureInfo.InvariantCulture);

    public int Integer(string column) => int.Parse(this[column], System.Globalization.CultureInfo.InvariantCulture);

    public DateOnly Date(string column) => DateOnly.ParseExact(this[column][..10], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
