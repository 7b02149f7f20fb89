using System.Globalization;
using System.Text;
using Platform.Testing;

namespace Platform.Worker.Tests.Loading;

/// <summary>
/// Random files whose accepted and rejected rows are known, because each row is made good or with one defect. A failure names the seed of its
/// file; <see cref="FuzzFile"/> makes the same file from it again.
/// </summary>
public sealed class FuzzTests(EmbeddedServers servers)
{
    private const int Files = 200;

    [Fact]
    public async Task Load_RandomFiles_AcceptsAndRejectsExactlyTheRowsMadeSo()
    {
        await using var shop = await Shop.OpenAsync(servers);
        for (var seed = 1; seed <= Files; seed++)
        {
            var date = new DateOnly(2020, 1, 1).AddDays(seed);
            var file = new FuzzFile(seed, date);
            await shop.LandAsync(
                date,
                [(Shop.Items, file.Bytes), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader))],
                manifest => manifest.Dataset == Shop.Items ? manifest with { Rows = file.Accepted.Count + file.Rejected.Count } : manifest);

            await shop.LoadAsync(date);

            Equal(seed, file.Accepted, await shop.QueryAsync(
                $"select _line, item_id, name, kind, price, quantity, sold_at from shop.items where _partition = '{date:yyyy-MM-dd}' order by _line"));
            Equal(seed, file.Rejected, await shop.QueryAsync(
                $"select line, coalesce(column_name, ''), rule, raw_line from meta.quarantine where partition = '{date:yyyy-MM-dd}' order by line"));
        }
    }

    private static void Equal(int seed, IReadOnlyList<string> expected, string[] found) => Assert.True(
        expected.SequenceEqual(found),
        $"Seed {seed}: expected and not found:\n{string.Join('\n', expected.Except(found))}\nfound and not expected:\n{string.Join('\n', found.Except(expected))}");
}

/// <summary>One random file of items: columns in any order, fields quoted or not, lines ended either way, blank lines, a BOM or none.</summary>
internal sealed class FuzzFile
{
    private static readonly string[] Columns = Shop.ItemsHeader.Split(',');

    private readonly Random _random;
    private readonly DateOnly _date;
    private readonly string[] _order;
    private readonly string _lineBreak;
    private readonly List<string> _keys = [];

    public FuzzFile(int seed, DateOnly date)
    {
        _random = new Random(seed);
        _date = date;
        _order = [.. Columns];
        _random.Shuffle(_order);
        _lineBreak = _random.Next(2) == 0 ? "\n" : "\r\n";

        var rows = _random.Next(0, 60);
        var text = new StringBuilder(_random.Next(4) == 0 ? "\uFEFF" : "").AppendJoin(',', _order).Append(_lineBreak);
        var line = 2;
        for (var row = 0; row < rows; row++)
        {
            if (_random.Next(15) == 0)
            {
                text.Append(_lineBreak);
                line++;
            }

            var raw = _random.Next(3) == 0 ? Bad(line, row) : Good(line, row);
            text.Append(raw);
            if (row < rows - 1 || _random.Next(2) == 0)
            {
                text.Append(_lineBreak);
            }

            line += 1 + raw.Count(character => character == '\n');
        }

        // Invalid bytes are written as U+FFFF, which no row uses otherwise: two bytes that are no UTF-8 take its place.
        Bytes = [.. text.ToString().Split('\uFFFF').Select(Encoding.UTF8.GetBytes).Aggregate((left, right) => [.. left, 0xC3, 0x28, .. right])];
    }

    public byte[] Bytes { get; }

    /// <summary>Rows as the fact table shows them, in line order.</summary>
    public List<string> Accepted { get; } = [];

    /// <summary>Rows as the quarantine shows them, in line order.</summary>
    public List<string> Rejected { get; } = [];

    private string Good(int line, int row)
    {
        var fields = GoodFields(row);
        _keys.Add(fields["item_id"]);
        var soldAt = fields["sold_at"].Length == 0 ? "-" : fields["sold_at"].Replace("Z", ".0000000Z", StringComparison.Ordinal);
        var quantity = fields["quantity"].Length == 0 ? "-" : fields["quantity"];
        Accepted.Add($"{line}|{fields["item_id"]}|{fields["name"]}|{fields["kind"]}|{fields["price"]}|{quantity}|{soldAt}");
        return Raw(fields);
    }

    private string Bad(int line, int row)
    {
        var fields = GoodFields(row);
        var (column, rule, value) = _random.Next(16) switch
        {
            0 => ("name", "required", ""),
            1 => ("price", "required", ""),
            2 => ("price", "type", Pick("1,5", "NaN", "1e3", "12.345", "123456789.00", " 1", "0x10", "-")),
            3 => ("quantity", "type", Pick("1.0", "99999999999", "one", "+", "1 ")),
            4 => ("serial", "type", Pick("9223372036854775808", "1_000", "''")),
            5 => ("sold_on", "type", Pick("2026-02-30", "31.01.2026", "2026-1-1", "2026-01-01T00:00:00Z")),
            6 => ("sold_at", "type", Pick("2026-01-31 10:00:00", "2026-01-31T10:00:60Z", "2026-01-31T25:00:00Z", "2026-01-31T10:00:00")),
            7 => ("gift", "type", Pick("True", "yes", "0")),
            8 => ("name", "length", Pick("x", "ÄÖÜäöü🙂🙂🙂🙂🙂🙂🙂", "=cmd|' /C calc'!A0")),
            9 => ("price", "range", Pick("-0.01", "100000.00", "-99999999.99")),
            10 => ("quantity", "range", Pick("6", "-6", "2147483647")),
            11 => ("item_id", "pattern", Pick("a1", "A", "1A", "A1 ", "A1\n")),
            12 => ("kind", "enumeration", Pick("Food", "food ", "toy")),
            13 => ("sold_on", "partition", _date.AddDays(_random.Next(2) == 0 ? 1 : -1).ToString("O", CultureInfo.InvariantCulture)),
            14 => ("name", "encoding", Pick("ab\0c", "ab\uFFFFc")),
            _ => ("item_id", "unique", _keys.Count > 0 ? _keys[_random.Next(_keys.Count)] : ""),
        };
        if (value.Length == 0 && rule == "unique")
        {
            return Good(line, row);
        }

        fields[column] = value;
        var raw = _random.Next(10) == 0 && rule != "encoding" ? Ragged(fields, out column, out rule) : Raw(fields);
        var shown = raw.Replace('\0', '\u2400').Replace("\uFFFF", "\uFFFD(", StringComparison.Ordinal);
        Rejected.Add($"{line}|{(rule == "encoding" ? "" : column)}|{rule}|{shown}");
        return raw;
    }

    private string Ragged(Dictionary<string, string> fields, out string column, out string rule)
    {
        (column, rule) = ("", "columns");
        return _random.Next(2) == 0 ? Raw(fields) + ",more" : string.Join(',', _order.SkipLast(1).Select(name => Field(fields[name])));
    }

    private Dictionary<string, string> GoodFields(int row) => new()
    {
        ["item_id"] = $"{(char)('A' + _random.Next(26))}{row}",
        ["name"] = Pick("Apple", "Größe", "a,b", "say \"x\"", "two\nlines", "two\r\nlines", "🙂🙂", "=1+1", "  padded "),
        ["kind"] = Pick("food", "tool"),
        ["price"] = (_random.Next(0, 10_000_000) / 100m).ToString("F2", CultureInfo.InvariantCulture),
        ["quantity"] = Pick("", _random.Next(-5, 6).ToString(CultureInfo.InvariantCulture)),
        ["serial"] = Pick("", _random.NextInt64().ToString(CultureInfo.InvariantCulture)),
        ["sold_on"] = _date.ToString("O", CultureInfo.InvariantCulture),
        ["sold_at"] = Pick("", $"2026-01-31T{_random.Next(24):00}:{_random.Next(60):00}:{_random.Next(60):00}Z"),
        ["gift"] = Pick("", "true", "false"),
    };

    private string Raw(Dictionary<string, string> fields) => string.Join(',', _order.Select(name => Field(fields[name])));

    private string Field(string value) => value.AsSpan().ContainsAny(",\"\r\n") || _random.Next(5) == 0
        ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : value;

    private string Pick(params string[] values) => values[_random.Next(values.Length)];
}
