using System.Globalization;
using Platform.Api.Tests.Sample;
using Row = Platform.Api.Tests.Metrics.ReferenceEvaluator.Row;

namespace Platform.Api.Tests.Metrics;

/// <summary>Seeded random queries, answerable and not, against the reference evaluator.</summary>
public abstract class RandomQueries(SampleApi sample, ITestOutputHelper output)
{
    private const int Seed = 6021;

    /// <summary>PLATFORM_RANDOM_QUERIES asks for more, such as 10000.</summary>
    private static readonly int Queries =
        int.TryParse(Environment.GetEnvironmentVariable("PLATFORM_RANDOM_QUERIES"), CultureInfo.InvariantCulture, out var queries) ? queries : 1_500;

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

    /// <summary>Windows, dates to dates and earlier periods, computed day by day.</summary>
    [Fact]
    public async Task Query_OfRandomTimes_AgreesWithTheReference()
    {
        output.WriteLine($"seed {Seed + 1}");
        var reference = new ReferenceEvaluator(sample.Data);
        var random = new Random(Seed + 1);
        for (var number = 0; number < Queries / 5; number++)
        {
            var metric = reference.TimedMetrics[random.Next(reference.TimedMetrics.Count)];
            var pool = reference.Elements.Where(element => reference.Has(metric, element)).ToArray();
            string[] elements = [.. random.GetItems(pool, random.Next(0, 2)).Distinct()];
            var grain = metric == "revenue_last_month" ? Grains[random.Next(2, 5)] : Grains[random.Next(Grains.Length)];
            var filter = random.Next(2) == 0 ? null : new RandomFilter(random, reference, pool).OnElements(2);
            DateOnly? start = random.Next(2) == 0 ? SampleData.From.AddDays(random.Next(-5, 80)) : null;
            DateOnly? end = random.Next(2) == 0 ? (start ?? SampleData.From).AddDays(random.Next(0, 60)) : null;
            var query = $"metrics={metric}&group_by={string.Join(',', elements)}&grain={grain}" +
                (filter is null ? "" : $"&where={Uri.EscapeDataString(filter.Text)}") +
                (start is null ? "" : $"&start={start:O}") + (end is null ? "" : $"&end={end:O}");
            var expected = reference.Timed(metric, elements, day => Cut(day, grain), grain, start, end, row => filter is null ? true : filter.Holds(row));
            var actual = await sample.Server.RowsAsync(query);
            var (wanted, found) = (
                Lines(expected.Select(row => row.Keys.Append(Digits(row.Value)))),
                Lines(actual.Select(row => row[..^1].Append(Digits(Number(row[^1]))))));
            Assert.True(wanted.SequenceEqual(found), $"{query}\nexpected\n{string.Join('\n', wanted)}\nactual\n{string.Join('\n', found)}");
        }
    }

    /// <summary>Whatever is asked, the answer or a refusal comes: no fault of the server.</summary>
    [Fact]
    public async Task Query_OfRandomWords_IsAnsweredOrRefused()
    {
        output.WriteLine($"seed {Seed + 2}");
        string[] words =
        [
            "customer__region", "order__channel", "metric_time__day", "metric_time__month", "order__is_first", "order", "customer", "order_line__line_size",
            "{{ Dimension('customer__segment') }}", "{{ TimeDimension('metric_time', 'week') }}", "{{ Metric('order_count', group_by=['customer']) }}",
            "'web'", "'DACH'", "'2026-01-31'", "''", "1", "0", "-3.5", "99999999999999999999", "true", "null", "interval '1 month'", "(", ")", ",", "and", "or", "not",
            "=", "<>", "<", ">=", "in", "between", "like", "ilike", "is null", "is not distinct from", "is true", "case", "when", "then", "else", "end", "cast(", "as text",
            "::integer", "::date", "+", "-", "*", "/", "%", "||", "lower(", "coalesce(", "nullif(", "round(", "power(", "sqrt(", "substring(", "date_trunc('month',",
            "extract(year from", "date_part('dow',", "~", ";", "$1", "--", "{{", "}}",
        ];
        string[] atoms =
        [
            "order__channel = 'web'", "order__customer__region like 'D%'", "metric_time__month >= '2026-01-01'", "customer__segment is null", "length(customer__region) / 0 > 1",
            "{{ Metric('order_count', group_by=['customer']) }} > 3", "cast(customer__region as integer) = 1", "metric_time__day - interval '999999 months' < '2026-01-01'",
        ];
        string[] values =
        [
            "1", "2.5", "'web'", "order__channel", "length(customer__region)", "metric_time__day", "metric_time__month", "interval '1 day'", "null", "true",
            "date_part('day', metric_time__day)", "sqrt(-1)", "power(9, 9999999)", "{{ Metric('revenue', group_by=['customer']) }}", "customer__region::date",
        ];
        var random = new Random(Seed + 2);
        var reference = new ReferenceEvaluator(sample.Data);
        var statuses = new SortedDictionary<int, int>();
        for (var number = 0; number < Queries / 2; number++)
        {
            var where = string.Join(' ', random.GetItems(words, random.Next(1, 9)));

            // Most have whole conditions, so that many are read to their end and some are answered.
            where = random.Next(6) switch
            {
                0 => where,
                1 => $"{atoms[random.Next(atoms.Length)]} or {where}",
                2 => $"case when {atoms[random.Next(atoms.Length)]} then {words[random.Next(words.Length)]} else 0 end = 1",
                3 => $"not ({atoms[random.Next(atoms.Length)]}) and {atoms[random.Next(atoms.Length)]}",
                _ => $"{values[random.Next(values.Length)]} {new[] { "=", "<", "+", "||", "/", "between 1 and", "is distinct from", "in (1," }[random.Next(8)]} "
                    + $"{values[random.Next(values.Length)]}{new[] { "", "", " = 1", ")", " > 0.5" }[random.Next(5)]}",
            };
            var metric = reference.Metrics[random.Next(reference.Metrics.Count)];
            var group = random.Next(3) == 0 ? string.Join("__", random.GetItems(["metric_time", "order", "customer", "region", "month", "extract_day", "fiscal", ""], random.Next(1, 4))) : "";
            var (status, body) = await sample.Server.GetAsync($"/api/v1/query?metrics={metric}&group_by={Uri.EscapeDataString(group)}&where={Uri.EscapeDataString(where)}");
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            Assert.True(status is 200 or 400 or 422, $"{metric} by '{group}' where {where}: {status} {body}");
        }

        output.WriteLine(string.Join(", ", statuses.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(statuses[200] > 5 && statuses[400] > 50);
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
        public Filter Create(int depth) => Create(depth, withTime: true);

        /// <summary>Without conditions on time.</summary>
        public Filter OnElements(int depth) => Create(depth, withTime: false);

        private Filter Create(int depth, bool withTime)
        {
            if (depth == 0 || random.Next(3) == 0)
            {
                return withTime && random.Next(4) == 0 ? OnTime() : OnElement();
            }

            var left = Create(depth - 1, withTime);
            var right = Create(depth - 1, withTime);
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
            return random.Next(12) switch
            {
                6 => new Filter($"{name} is distinct from {Quote(some[0])}", row => Value(row) != some[0], [element]),
                7 => new Filter($"{name} is not distinct from null", row => Value(row) is null, [element]),
                8 => new Filter($"coalesce({name}, '?') = '?'", row => Value(row) is null, [element]),
                9 => new Filter(
                    $"case when {name} in ({list}) then 1 else 0 end = 0", row => Value(row) is not { } value || !some.Contains(value), [element]),
                10 => new Filter($"lower({name}) = lower({Quote(some[0])})", row => Known(Value(row), value => value == some[0]), [element]),
                11 => new Filter($"length({name} || '!') > 3", row => Known(Value(row), value => value.Length > 2), [element]),
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
