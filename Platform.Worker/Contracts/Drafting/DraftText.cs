using System.Globalization;
using System.Text;

namespace Platform.Worker.Contracts.Drafting;

/// <summary>Writes a draft as an ODCS 3.1 file.</summary>
internal sealed class DraftText
{
    private const int MaxListedLength = 40;
    private const int RowsPerValue = 8;
    private const int LongestInteger = 9;

    private readonly StringBuilder _text = new();
    private readonly DraftSource _source;
    private readonly FileProfile _profile;
    private readonly DraftKey _key;
    private readonly IReadOnlyList<string> _names;
    private readonly List<string> _remarks = [];

    private DraftText(DraftSource source, FileProfile profile, DraftKey key)
    {
        _source = source;
        _profile = profile;
        _key = key;
        _names = DraftNames.OfAll(profile.Columns.Select(column => column.Header));
    }

    public static string Of(DraftSource source, FileProfile profile, DraftKey key, string domain, string dataset)
    {
        var draft = new DraftText(source, profile, key);
        draft.Head(domain, dataset);
        foreach (var (index, column) in profile.Columns.Index())
        {
            draft.Column(index, column);
        }

        return draft.Remarks() + draft._text;
    }

    private string Remarks()
    {
        Remark(_profile.Rows == 0, "the file has no rows: all columns are texts");
        Remark(_profile.RaggedRows > 0, $"{_profile.RaggedRows} rows have another number of fields than the header and are not accepted");
        Remark(_profile.MalformedRows > 0, $"{_profile.MalformedRows} rows have quotes that are not in order and are not accepted");
        Remark(_source.EncodingName == "windows-1252", "the file is not UTF-8; Windows-1252 is assumed");
        Remark(_key.Remark is not null, _key.Remark ?? "");
        return $"""
            # Drafted from {_source.FileName}: {_profile.Rows} rows{(_source.IsGzip ? ", gzip" : "")}. It says what this file is like, not what the supplier promises: go through it.
            {string.Concat(_remarks.Select(remark => $"# - {remark}.\n"))}
            """;
    }

    private void Remark(bool applies, string remark)
    {
        if (applies)
        {
            _remarks.Add(remark);
        }
    }

    private void Head(string domain, string dataset)
    {
        Line(0, "apiVersion: v3.1.0");
        Line(0, "kind: DataContract");
        Line(0, $"id: {domain}-{dataset}");
        Line(0, $"name: {dataset}");
        Line(0, "version: 0.1.0");
        Line(0, "status: active");
        Line(0, $"domain: {domain}");
        Line(0, "description:");
        Line(0, $"  purpose: {Quoted($"Drafted from {_source.FileName}; say what a row is.")}");
        Custom();
        Line(0, "schema:");
        Line(2, $"- name: {dataset}");
        Line(4, "physicalType: table");
        Line(4, "properties:");
    }

    private void Custom()
    {
        var columns = _profile.Columns.Index().ToList();
        var partition = columns.Find(column => _profile.IsRequired(column.Item)
            && _profile.Type(column.Item) is ColumnType.Date or ColumnType.Timestamp && column.Item.Dates.IsOneDay);
        var sums = columns.Where(column => _profile.Type(column.Item) == ColumnType.Numeric).Select(column => _names[column.Index]).ToList();
        var form = Form().ToList();
        if (partition.Item is null && sums.Count + form.Count == 0)
        {
            return;
        }

        Line(0, "customProperties:");
        if (partition.Item is not null)
        {
            Line(2, "- property: partitionColumn");
            Line(2, $"  value: {_names[partition.Index]}");
        }

        if (sums.Count > 0)
        {
            Line(2, "- property: controlSums");
            Line(2, $"  value: [{string.Join(", ", sums)}]");
        }

        if (form.Count > 0)
        {
            Line(2, "- property: file");
            Line(2, "  value:");
            form.ForEach(line => Line(6, line));
        }
    }

    private IEnumerable<string> Form()
    {
        if (_source.Delimiter != ',')
        {
            yield return $"delimiter: {(_source.Delimiter == '\t' ? "tab" : Quoted(_source.Delimiter.ToString()))}";
        }

        if (_source.EncodingName != "utf-8")
        {
            yield return $"encoding: {_source.EncodingName}";
        }

        if (_profile.DecimalSeparator != '.')
        {
            yield return "decimalSeparator: ','";
        }

        if (_profile.NullText is { } text)
        {
            yield return $"nullText: {Quoted(text)}";
        }
    }

    private void Column(int index, ColumnProfile column)
    {
        var type = _profile.Type(column);
        var key = _key.Columns.ToList().IndexOf(index);
        var numbers = _profile.Numbers(column);
        Line(6, $"- name: {_names[index]}");
        if (_names[index] != column.Header)
        {
            Line(8, $"physicalName: {Quoted(column.Header)}");
        }

        Line(8, type switch
        {
            ColumnType.Text => "logicalType: string",
            ColumnType.BigInt => "logicalType: integer",
            ColumnType.Numeric => "logicalType: number",
            _ => $"logicalType: {type.ToString().ToLowerInvariant()}",
        });
        Line(8, $"physicalType: {type switch
        {
            ColumnType.BigInt when numbers.WholeDigits <= LongestInteger => "integer",
            ColumnType.Numeric => $"numeric({Parsing.ColumnTypes.MaxPrecision},{Math.Min(Math.Max(numbers.Decimals, 2), Parsing.ColumnTypes.MaxPrecision - numbers.WholeDigits)})",
            ColumnType.Timestamp => "timestamptz",
            _ => type.ToString().ToLowerInvariant(),
        }}");
        if (key >= 0 || _profile.IsRequired(column))
        {
            Line(8, "required: true");
        }

        if (key >= 0)
        {
            Line(8, "primaryKey: true");
            Line(8, $"primaryKeyPosition: {(key + 1).ToString(CultureInfo.InvariantCulture)}");
        }

        Options(index, column, type);
        Rules(column, type, key >= 0);
    }

    private void Options(int index, ColumnProfile column, ColumnType type)
    {
        if (type == ColumnType.Text && column.MaxLength > 0)
        {
            Line(8, "logicalTypeOptions:");
            Line(8, $"  maxLength: {Roomy(column.MaxLength).ToString(CultureInfo.InvariantCulture)}");
        }

        if (type is ColumnType.Date or ColumnType.Timestamp && column.Dates.Format is { } format)
        {
            Line(8, "logicalTypeOptions:");
            Line(8, $"  format: {Quoted(format)}");
            Remark(column.Dates.Ambiguity is not null, $"{_names[index]}: day and month cannot be told apart; {column.Dates.Ambiguity} is possible too");
            Remark(type == ColumnType.Timestamp, $"{_names[index]}: carries no time zone, so that it is read as UTC; say defaultTimezone if it is another");
        }
    }

    private void Rules(ColumnProfile column, ColumnType type, bool isKey)
    {
        if (type == ColumnType.Text && !isKey && column.Values is { Count: > 0 } values && column.Fields - column.Empty >= values.Count * RowsPerValue
            && column.MaxLength <= MaxListedLength && !values.Any(value => value.Any(char.IsControl)))
        {
            Line(8, "quality:");
            Line(10, "- metric: invalidValues");
            Line(10, "  arguments:");
            Line(10, $"    validValues: [{string.Join(", ", values.Select(Quoted))}]");
            Line(10, "  mustBe: 0");
        }

        if (type != ColumnType.Text && column.MissingValues.Count > 0 && _profile.NullText is null)
        {
            Line(8, "quality:");
            Line(10, "- metric: missingValues");
            Line(10, "  arguments:");
            Line(10, $"    missingValues: [{string.Join(", ", column.MissingValues.Select(Quoted))}]");
            Line(10, "  mustBeLessOrEqualTo: 100");
            Line(10, "  unit: percent");
        }
    }

    /// <summary>Twice the length found, so that the next file fits too, in round numbers.</summary>
    private static int Roomy(int length) => length <= 5 ? 10 : (int)Math.Ceiling(length * 2 / 10.0) * 10;

    private static string Quoted(string text) => text.Any(char.IsControl)
        ? $"\"{string.Concat(text.Select(character => char.IsControl(character) ? $"\\u{(int)character:x4}" : character is '"' or '\\' ? $"\\{character}" : $"{character}"))}\""
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private void Line(int indent, string text) => _text.Append(' ', indent).Append(text).Append('\n');
}
