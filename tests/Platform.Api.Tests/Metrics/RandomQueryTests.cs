using System.Globalization;
using Platform.Api.Tests.Sample;
using Row = Platform.Api.Tests.Metrics.ReferenceEvaluator.Row;

namespace Platform.Api.Tests.Metrics;

/// <summary>Seeded random queries, answerable and not, against the reference evaluator.</summary>
public sealed class RandomQueryTests(SampleApi sample, ITestOutputHelper output) : IClassFixture<SampleApi>
{
    private const int Seed = 6021;
    private const int Queries = 400;

    private static readonly string[] Grains = ["day", "week", "month", "quarter", "year"];

    [Fact]
    public async Task Query_OfRandomShape_AgreesWithTheReferenceOrIsRefused()
    {
        output.WriteLine($"seed {Seed}");
        var reference = new ReferenceEvaluator(sample.Data);
        var random = new Random(Seed);
        var (answered, refused) = (0, 0);
        for (var number = 0; number < Queries; number++)
        {
            string[] metrics = [.. random.GetItems(reference.Metrics.ToArray(), random.Next(1, 4)).Distinct()];

            // Mostly elements that every metric has, so that most queries have an answer.
            var shared = reference.Elements.Where(element => metrics.All(metric => reference.Has(metric, element))).ToArray();
            var pool = random.Next(10) == 0 || shared.Length == 0 ? [.. reference.Elements] : shared;
            string[] elements = [.. random.GetItems(pool, random.Next(0, 3)).Distinct()];
            string? grain = random.Next(2) == 0 ? Grains[random.Next(Grains.Length)] : null;
            var filter = random.Next(3) == 0 ? null : new RandomFilter(random, reference, pool).Create(2);
            DateOnly? start = random.Next(3) == 0 ? SampleData.From.AddDays(random.Next(-5, 80)) : null;
            DateOnly? end = random.Next(3) == 0 ? (start ?? SampleData.From).AddDays(random.Next(0, 40)) : null;

            var query = $"metrics={string.Join(',', metrics)}&group_by={string.Join(',', elements)}" +
                (grain is null ? "" : $"&grain={grain}") +
                (filter is null ? "" : $"&where={Uri.EscapeDataString(filter.Text)}") +
                (start is null ? "" : $"&start={start:O}") + (end is null ? "" : $"&end={end:O}");
            var needed = elements.Concat(filter?.Elements ?? []);
            if (needed.Any(element => metrics.Any(metric => !reference.Has(metric, element))))
            {
                var (status, problem) = await sample.Server.GetAsync($"/api/v1/query?{query}");
                Assert.True(status == 400, $"{query}: expected 400, was {status} {problem}");
                refused++;
                continue;
            }

            var keys = new List<Func<Row, string?>>();
            if (grain is not null)
            {
                keys.Add(row => Cut(row.Day, grain).ToString("O"));
            }

            keys.AddRange(elements.Select(element => (Func<Row, string?>)(row => row.Elements[element])));
            var expected = reference.Evaluate(
                metrics,
                keys,
                row => (start is null || row.Day >= start) && (end is null || row.Day <= end) ? filter is null ? true : filter.Holds(row) : false);
            var actual = await sample.Server.RowsAsync(query);
            Assert.True(
                Lines(expected.Select(row => row.Keys.Concat(row.Values.Select(Digits)))).SequenceEqual(
                    Lines(actual.Select(row => row[..keys.Count].Concat(row[keys.Count..].Select(value => Digits(Number(value))))))),
                $"{query}\nexpected\n{string.Join('\n', Lines(expected.Select(row => row.Keys.Concat(row.Values.Select(Digits)))))}\n" +
                $"actual\n{string.Join('\n', Lines(actual.Select(row => row[..keys.Count].Concat(row[keys.Count..].Select(value => Digits(Number(value)))))))}");
            answered++;
        }

        output.WriteLine($"{answered} answered, {refused} refused");
        Assert.True(answered > Queries / 2 && refused > 10);
    }

    private static IEnumerable<string> Lines(IEnumerable<IEnumerable<string?>> rows) =>
        rows.Select(row => string.Join(" | ", row.Select(value => value ?? "(null)"))).Order(StringComparer.Ordinal);

    private static decimal? Number(string? value) => value is null ? null : decimal.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Sums are exact; quotients agree to the digits that both have.</summary>
    private static string? Digits(decimal? value) => value is { } number ? Math.Round(number, 12).ToString("0.############", CultureInfo.InvariantCulture) : null;

    private static DateOnly Cut(DateOnly day, string grain) => grain switch
    {
        "day" => day,
        "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        "month" => new DateOnly(day.Year, day.Month, 1),
        "quarter" => new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new DateOnly(day.Year, 1, 1),
    };

    private sealed record Filter(string Text, Func<Row, bool?> Holds, IReadOnlyList<string> Elements);

    /// <summary>Conditions and what they mean, with SQL's three-valued logic.</summary>
    private sealed class RandomFilter(Random random, ReferenceEvaluator reference, string[] pool)
    {
        public Filter Create(int depth)
        {
            if (depth == 0 || random.Next(3) == 0)
            {
                return random.Next(4) == 0 ? OnTime() : OnElement();
            }

            var left = Create(depth - 1);
            var right = Create(depth - 1);
            string[] elements = [.. left.Elements, .. right.Elements];
            return random.Next(3) switch
            {
                0 => new Filter($"({left.Text}) and ({right.Text})", row => And(left.Holds(row), right.Holds(row)), elements),
                1 => new Filter($"({left.Text} or {right.Text})", row => Not(And(Not(left.Holds(row)), Not(right.Holds(row)))), elements),
                _ => new Filter($"not ({left.Text})", row => Not(left.Holds(row)), left.Elements),
            };
        }

        private Filter OnTime()
        {
            var day = SampleData.From.AddDays(random.Next(100));
            var month = new DateOnly(day.Year, day.Month, 1);
            return random.Next(3) switch
            {
                0 => new Filter($"metric_time__day >= '{day:O}'", row => row.Day >= day, []),
                1 => new Filter($"{{{{ TimeDimension('metric_time', 'month') }}}} = '{month:O}'", row => Cut(row.Day, "month") == month, []),
                _ => new Filter(
                    $"metric_time__day not between '{day:O}' and '{day.AddDays(20):O}'", row => row.Day < day || row.Day > day.AddDays(20), []),
            };
        }

        private Filter OnElement()
        {
            var element = pool[random.Next(pool.Length)];
            var values = reference.Values(element);
            string[] some = [.. random.GetItems(values.ToArray(), 3).Distinct()];
            var name = random.Next(2) == 0 ? element : $"{{{{ {(element.Contains("__", StringComparison.Ordinal) ? "Dimension" : "Entity")}('{element}') }}}}";
            var list = string.Join(", ", some.Select(Quote));
            string? Value(Row row) => row.Elements[element];
            return random.Next(6) switch
            {
                0 => new Filter($"{name} = {Quote(some[0])}", row => Known(Value(row), value => value == some[0]), [element]),
                1 => new Filter($"{name} <> {Quote(some[0])}", row => Known(Value(row), value => value != some[0]), [element]),
                2 => new Filter($"{name} in ({list})", row => Known(Value(row), some.Contains), [element]),
                3 => new Filter($"{name} not in ({list})", row => Known(Value(row), value => !some.Contains(value)), [element]),
                4 => new Filter($"{name} like {Quote(some[0][..1] + "%")}", row => Known(Value(row), value => value[0] == some[0][0]), [element]),
                _ => new Filter($"{name} is null", row => Value(row) is null, [element]),
            };
        }

        private static bool? Known(string? value, Func<string, bool> holds) => value is null ? null : holds(value);

        private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left is null || right is null ? null : true;

        private static bool? Not(bool? value) => !value;

        private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
