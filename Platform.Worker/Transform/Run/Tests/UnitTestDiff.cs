using System.Globalization;
using System.Text;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Run.Tests;

/// <summary>
/// Compares the actual rows of a unit test with the expected ones, in any order, and prints what differs as a table like daff's, which dbt
/// uses: <c>→</c> changed (expected→actual), <c>+++</c> not expected, <c>---</c> missing, <c>...</c> equal rows left out.
/// </summary>
internal static class UnitTestDiff
{
    private const string OriginColumn = "actual_or_expected";

    /// <param name="table">Rows of both kinds, told apart by the column actual_or_expected.</param>
    /// <returns>The table of differences; null when there is none.</returns>
    public static string? Of(AgateTable table)
    {
        var columns = table.Columns.Select(column => column.ToLowerInvariant()).ToList();
        var origin = columns.LastIndexOf(OriginColumn);
        var actual = Rows("actual");
        var expected = Rows("expected");
        var unexpected = actual.GroupBy(Key).ToDictionary(group => group.Key, group => new Queue<Value[]>(group));
        var missing = new List<Value[]>();
        var equal = new HashSet<Value[]>(ReferenceEqualityComparer.Instance);
        foreach (var row in expected)
        {
            if (unexpected.TryGetValue(Key(row), out var same) && same.TryDequeue(out _))
            {
                equal.Add(row);
            }
            else
            {
                missing.Add(row);
            }
        }

        var extra = actual.Where(row => unexpected.TryGetValue(Key(row), out var left) && left.Contains(row)).ToList();
        if (missing.Count == 0 && extra.Count == 0)
        {
            return null;
        }

        columns.RemoveAt(origin);
        var changes = Pair(missing, extra);
        var lines = expected.Select(row => equal.Contains(row) ? Line("", row) : changes.TryGetValue(row, out var now) ? Change(row, now) : Line("---", row))
            .Concat(extra.Except(changes.Values, ReferenceEqualityComparer.Instance).Cast<Value[]>().Select(row => Line("+++", row))).ToList();
        return Print([["@@", .. columns], .. Shortened(lines)]);

        List<Value[]> Rows(string kind) =>
        [
            .. table.Rows.Where(row => row[origin].ToString() == kind).Select(row => row.Where((_, index) => index != origin).ToArray())
                .Order(Comparer<Value[]>.Create(Compare)),
        ];
    }

    /// <summary>Missing and unexpected rows that have the most cells in common are one row that changed.</summary>
    private static Dictionary<Value[], Value[]> Pair(List<Value[]> missing, List<Value[]> extra)
    {
        var pairs = new Dictionary<Value[], Value[]>(ReferenceEqualityComparer.Instance);
        var taken = new HashSet<Value[]>(ReferenceEqualityComparer.Instance);
        foreach (var row in missing)
        {
            var best = extra.Where(candidate => !taken.Contains(candidate)).Select(candidate => (Row: candidate, Common: Common(row, candidate)))
                .Where(candidate => candidate.Common > 0).OrderByDescending(candidate => candidate.Common).FirstOrDefault();
            if (best.Row is not null)
            {
                taken.Add(best.Row);
                pairs[row] = best.Row;
            }
        }

        return pairs;

        static int Common(Value[] left, Value[] right) => left.Zip(right).Count(pair => Text(pair.First) == Text(pair.Second));
    }

    private static List<string> Line(string mark, Value[] row) => [mark, .. row.Select(Shown)];

    private static List<string> Change(Value[] expected, Value[] actual) =>
        ["→", .. expected.Zip(actual).Select(pair => Text(pair.First) == Text(pair.Second) ? Shown(pair.First) : $"{Shown(pair.First)}→{Shown(pair.Second)}")];

    /// <summary>Equal rows stay only beside one that differs.</summary>
    private static IEnumerable<List<string>> Shortened(List<List<string>> lines)
    {
        var skipping = false;
        for (var index = 0; index < lines.Count; index++)
        {
            if (Differs(index - 1) || Differs(index) || Differs(index + 1))
            {
                skipping = false;
                yield return lines[index];
            }
            else if (!skipping)
            {
                skipping = true;
                yield return [.. lines[index].Select(_ => "...")];
            }
        }

        bool Differs(int index) => index >= 0 && index < lines.Count && lines[index][0].Length > 0;
    }

    private static string Print(List<List<string>> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Count).Select(column => lines.Max(line => line[column].Length)).ToList();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.AppendJoin(',', line.Select((cell, column) => column == line.Count - 1 ? cell : cell.PadRight(widths[column]))).Append('\n');
        }

        return text.ToString();
    }

    private static string Key(Value[] row) => string.Join('\u001F', row.Select(Text));

    private static string Shown(Value cell) => cell.IsNone ? "NULL" : cell.ToString();

    /// <summary>What two cells are compared by: numbers by value, so that 1.5 is 1.50, and null is not the empty text.</summary>
    private static string Text(Value cell) => cell.Kind switch
    {
        ValueKind.None => "\u0000",
        ValueKind.Decimal => ((decimal)cell.ToClr()!).ToString("0.############################", CultureInfo.InvariantCulture),
        _ => cell.ToString(),
    };

    /// <summary>Column by column; null comes last.</summary>
    private static int Compare(Value[] left, Value[] right)
    {
        for (var index = 0; index < left.Length; index++)
        {
            var (first, second) = (left[index], right[index]);
            var order = first.IsNone != second.IsNone ? first.IsNone.CompareTo(second.IsNone)
                : first.IsNumber && second.IsNumber ? first.AsDouble().CompareTo(second.AsDouble())
                : string.CompareOrdinal(Text(first), Text(second));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}
