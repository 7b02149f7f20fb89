using System.Globalization;
using System.Text;

namespace Platform.Worker.Tests.Loading;

/// <summary>One random file of items: columns in any order, fields quoted or not, lines ended either way, blank lines, a BOM or none.</summary>
internal sealed class FuzzFile
{
    /// <summary>Stands for bytes that are no UTF-8; no row uses it otherwise.</summary>
    private const char NoText = '\uFFFF';

    private readonly Random _random;
    private readonly DateOnly _date;
    private readonly FuzzForm _form;
    private readonly FuzzValues _taken;
    private readonly int _lineOffset;
    private readonly string[] _order;

    public FuzzFile(Random random, string name, DateOnly date, FuzzForm form, FuzzValues taken, int lineOffset)
    {
        (_random, Name, _date, _form, _taken, _lineOffset) = (random, name, date, form, taken, lineOffset);
        _order = [.. Shop.ItemsHeader.Split(','), .. form.HasUnknownColumn && random.Next(2) == 0 ? ["extra"] : Array.Empty<string>()];
        _random.Shuffle(_order);
        var lineBreak = _random.Next(2) == 0 ? "\n" : "\r\n";
        LastLine = lineOffset;

        var rows = _random.Next(0, 40);
        var text = new StringBuilder().AppendJoin(form.Delimiter, _order).Append(lineBreak);
        var line = 2;
        for (var row = 0; row < rows; row++)
        {
            if (_random.Next(15) == 0)
            {
                text.Append(lineBreak);
                line++;
            }

            var raw = _random.Next(3) == 0 ? Bad(line, row) : Good(line, row);
            text.Append(raw);
            if (row < rows - 1 || _random.Next(2) == 0)
            {
                text.Append(lineBreak);
            }

            LastLine = lineOffset + line;
            line += 1 + raw.Count(character => character == '\n');
        }

        var hasMark = form.EncodingName != "windows-1252" && _random.Next(3) == 0;
        Bytes = [.. hasMark ? form.Encoding.GetPreamble() : [], .. text.ToString().Split(NoText).Select(form.Encoding.GetBytes)
            .Aggregate((left, right) => [.. left, 0xC3, 0x28, .. right])];
    }

    public string Name { get; }

    /// <summary>Not compressed.</summary>
    public byte[] Bytes { get; }

    /// <summary><c>_line</c> of the last record.</summary>
    public int LastLine { get; }

    /// <summary>Rows as the fact table shows them, in line order.</summary>
    public List<string> Accepted { get; } = [];

    /// <summary>Rows as <see cref="FuzzPartition.Rejected"/> has them.</summary>
    public List<string> Rejected { get; } = [];

    private string Good(int line, int row)
    {
        var (fields, price) = GoodFields(row);
        _taken.Keys.Add(fields["item_id"]);
        if (fields["serial"].Length > 0)
        {
            _taken.Serials.Add(fields["serial"]);
        }

        var soldAt = Value(fields["sold_at"]).Replace("Z", ".0000000Z", StringComparison.Ordinal);
        Accepted.Add(
            $"{line + _lineOffset}|{fields["item_id"]}|{fields["name"]}|{fields["kind"]}|{price.ToString("F2", CultureInfo.InvariantCulture)}|{Value(fields["quantity"])}|{soldAt}");
        return Raw(fields);
    }

    private string Value(string field) => field.Length == 0 || field == _form.NullText ? "-" : field;

    private string Bad(int line, int row)
    {
        var (fields, _) = GoodFields(row);
        var otherPoint = _form.Point == '.' ? ',' : '.';
        var (column, rule, value) = _random.Next(19) switch
        {
            0 => ("name", "required", _form.NullText ?? ""),
            1 => ("price", "required", ""),
            2 => ("price", "type", Pick($"1{otherPoint}5", "NaN", "1e3", $"12{_form.Point}345", $"123456789{_form.Point}00", " 1", "0x10", "+", "Infinity")),
            3 => ("quantity", "type", Pick("1.0", "99999999999", "one", "+", "1 ")),
            4 => ("serial", "type", Pick("9223372036854775808", "1_000", "''")),
            5 => ("sold_on", "type", Pick(_form.Date(new DateOnly(2026, 2, 28)).Replace("28", "30", StringComparison.Ordinal), "2026-1-1", "31. 01. 2026", "tomorrow")),
            6 => ("sold_at", "type", Pick("2026-01-31 10:00:00", "2026-01-31T10:00:60Z", "2026-01-31T25:00:00Z", "2026-01-31T10:00:00")),
            7 => ("gift", "type", Pick("True", "yes", "0")),
            8 => ("name", "length", Pick("x", "ÄÖÜäöüÄÖÜäöüß", "=cmd|' /C calc'!A0")),
            9 => ("price", "range", Pick(_form.Price(-0.01m), _form.Price(100_000m), _form.Price(-99_999_999.99m))),
            10 => ("quantity", "range", Pick("6", "-6", "2147483647")),
            11 => ("item_id", "pattern", Pick("a1", "A", "1A", "A1 ", "A1\n")),
            12 => ("kind", "enumeration", Pick("Food", "food ", "toy")),
            13 => ("sold_on", "partition", _form.Date(_date.AddDays(_random.Next(2) == 0 ? 1 : -1))),
            14 => ("name", "encoding", _form.IsUtf8 ? Pick("ab\0c", $"ab{NoText}c") : "ab\0c"),
            15 => _order.Contains("extra") ? ("extra", "unknown_column", Pick("x", "=1", " ", "NULL")) : ("name", "length", "y"),
            16 => ("serial", "unique", PickTaken(_taken.Serials)),
            _ => ("item_id", "unique", PickTaken(_taken.Keys)),
        };
        if (value.Length == 0 && rule == "unique")
        {
            return Good(line, row);
        }

        fields[column] = value;
        var raw = _random.Next(10) == 0 && rule != "encoding" ? Ragged(fields, out column, out rule) : Raw(fields);
        var shown = raw.Replace('\0', '\u2400').Replace(NoText.ToString(), "\uFFFD(", StringComparison.Ordinal);
        Rejected.Add($"{Name}|{line}|{(rule == "encoding" ? "" : column)}|{rule}|{shown}");
        return raw;
    }

    private string Ragged(Dictionary<string, string> fields, out string column, out string rule)
    {
        (column, rule) = ("", "columns");
        return _random.Next(2) == 0
            ? $"{Raw(fields)}{_form.Delimiter}more"
            : string.Join(_form.Delimiter, _order.SkipLast(1).Select(name => Field(fields[name])));
    }

    private (Dictionary<string, string> Fields, decimal Price) GoodFields(int row)
    {
        var price = _random.Next(0, 10_000_000) / 100m;
        var nothing = _form.NullText ?? "";
        return (new()
        {
            ["item_id"] = $"{(char)('A' + _random.Next(26))}{_taken.Keys.Count}{row:00}",
            ["name"] = Pick("Apple", "Größe", "a,b;c|d\te", "say \"x\"", "two\nlines", "two\r\nlines", _form.IsUtf8 ? "🙂🙂" : "éè", "=1+1", "  padded "),
            ["kind"] = Pick("food", "tool"),
            ["price"] = _form.Price(price),
            ["quantity"] = Pick("", nothing, _random.Next(-5, 6).ToString(CultureInfo.InvariantCulture)),
            ["serial"] = Pick("", _random.NextInt64().ToString(CultureInfo.InvariantCulture)),
            ["sold_on"] = _form.Date(_date),
            ["sold_at"] = Pick("", nothing, $"2026-01-31T{_random.Next(24):00}:{_random.Next(60):00}:{_random.Next(60):00}Z"),
            ["gift"] = Pick("", "true", "false"),
            ["extra"] = "",
        }, price);
    }

    private string Raw(Dictionary<string, string> fields) => string.Join(_form.Delimiter, _order.Select(name => Field(fields[name])));

    private string Field(string value) => value.AsSpan().ContainsAny("\"\r\n") || value.Contains(_form.Delimiter, StringComparison.Ordinal) || _random.Next(5) == 0
        ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : value;

    private string PickTaken(List<string> values) => values.Count > 0 ? values[_random.Next(values.Count)] : "";

    private string Pick(params string[] values) => values[_random.Next(values.Length)];
}
