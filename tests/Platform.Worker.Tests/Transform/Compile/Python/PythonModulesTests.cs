using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile.Python;
using static Platform.Worker.Tests.Transform.Project.ProjectErrorTests;

namespace Platform.Worker.Tests.Transform.Compile.Python;

/// <summary><c>modules</c> of templates; what is expected was seen from CPython 3.11 with Jinja2 and pytz.</summary>
public sealed class PythonModulesTests
{
    public static TheoryData<string, string> Cases { get; } = new()
    {
        { "{{ modules.datetime.date(2026, 1, 31) + modules.datetime.timedelta(days=1) }}", "2026-02-01" },
        { "{{ modules.datetime.date(2026, 3, 1) - modules.datetime.date(2026, 2, 1) }}", "28 days, 0:00:00" },
        { "{{ (modules.datetime.date(2026, 3, 1) - modules.datetime.date(2026, 2, 1)).days }}", "28" },
        { "{{ modules.datetime.date(2026, 1, 5).weekday() }} {{ modules.datetime.date(2026, 1, 5).isoweekday() }} {{ modules.datetime.date(2026, 1, 5).isoformat() }}", "0 1 2026-01-05" },
        { "{{ modules.datetime.date(2026, 1, 5).replace(day=9) }} {{ [modules.datetime.date(2026, 1, 5)] }}", "2026-01-09 [datetime.date(2026, 1, 5)]" },
        { "{{ modules.datetime.date(2026, 1, 5) < modules.datetime.date(2026, 1, 6) }} {{ modules.datetime.date(2026, 1, 5) == modules.datetime.date(2026, 1, 5) }}", "True True" },
        { "{{ modules.datetime.datetime(2026, 1, 5, 13, 4, 5, 60) }} {{ modules.datetime.datetime(2026, 1, 5) }}", "2026-01-05 13:04:05.000060 2026-01-05 00:00:00" },
        { "{{ modules.datetime.datetime(2026, 1, 5, 13, 4, 5).strftime('%Y-%m-%d %H:%M:%S %y %b %B %a %A %j %I %p %f %U %W %V %%') }}", "2026-01-05 13:04:05 26 Jan January Mon Monday 005 01 PM 000000 01 01 02 %" },
        { "{{ modules.datetime.datetime(2026, 1, 5, 13).strftime('%-d/%-m') }} {{ modules.datetime.datetime(2026, 1, 5, 13).isoformat() }} {{ modules.datetime.datetime(2026, 1, 5, 13).isoformat(' ') }}", "5/1 2026-01-05T13:00:00 2026-01-05 13:00:00" },
        { "{{ modules.datetime.datetime.strptime('20260105', '%Y%m%d') }} {{ modules.datetime.datetime.strptime('05 Jan 2026 07:08 PM', '%d %b %Y %I:%M %p') }}", "2026-01-05 00:00:00 2026-01-05 19:08:00" },
        { "{{ modules.datetime.datetime.strptime('2026-01-05T01:02:03.045+0200', '%Y-%m-%dT%H:%M:%S.%f%z') }}", "2026-01-05 01:02:03.045000+02:00" },
        { "{{ modules.datetime.datetime.fromisoformat('2026-01-05') }} {{ modules.datetime.datetime.fromisoformat('2026-01-05 10:11:12') }} {{ modules.datetime.datetime.fromisoformat('2026-01-05T10:11:12.123456+01:30') }}", "2026-01-05 00:00:00 2026-01-05 10:11:12 2026-01-05 10:11:12.123456+01:30" },
        { "{{ modules.datetime.date.fromisoformat('2026-02-28') }} {{ modules.datetime.date(2026, 2, 28).toordinal() }} {{ modules.datetime.date.fromordinal(739675) }}", "2026-02-28 739675 2026-02-28" },
        { "{{ (modules.datetime.datetime(2026, 1, 5, 13) - modules.datetime.datetime(2026, 1, 7, 14)) }} {{ (modules.datetime.datetime(2026, 1, 5, 13) - modules.datetime.datetime(2026, 1, 7, 14)).total_seconds() }}", "-3 days, 23:00:00 -176400.0" },
        { "{{ modules.datetime.timedelta(hours=-1).days }} {{ modules.datetime.timedelta(hours=-1).seconds }} {{ modules.datetime.timedelta(days=2, hours=3) * 2 }} {{ modules.datetime.timedelta(days=1) / modules.datetime.timedelta(hours=6) }}", "-1 82800 4 days, 6:00:00 4.0" },
        { "{{ [modules.datetime.timedelta(days=1, seconds=5)] }} {{ [modules.datetime.datetime(2026, 1, 5, 13)] }} {{ modules.datetime.timedelta(weeks=1, minutes=90) }}", "[datetime.timedelta(days=1, seconds=5)] [datetime.datetime(2026, 1, 5, 13, 0)] 7 days, 1:30:00" },
        { "{{ modules.datetime.datetime(2026, 1, 5, 13).date() }} {{ modules.datetime.datetime(2026, 1, 5, 13, 30).time() }} {{ modules.datetime.time(7, 5) }} {{ modules.datetime.datetime.combine(modules.datetime.date(2026, 1, 2), modules.datetime.time(3, 4)) }}", "2026-01-05 13:30:00 07:05:00 2026-01-02 03:04:00" },
        { "{{ modules.datetime.datetime(2026, 1, 5, tzinfo=modules.datetime.timezone.utc).timestamp() }} {{ modules.datetime.datetime.utcfromtimestamp(86400) }}", "1767571200.0 1970-01-02 00:00:00" },
        { "{{ modules.pytz.timezone('Europe/Berlin').localize(modules.datetime.datetime(2026, 7, 1, 12)) }} {{ modules.pytz.timezone('Europe/Berlin').localize(modules.datetime.datetime(2026, 7, 1, 12)).astimezone(modules.pytz.utc) }}", "2026-07-01 12:00:00+02:00 2026-07-01 10:00:00+00:00" },
        { "{{ modules.pytz.utc.localize(modules.datetime.datetime(2026, 7, 1, 12)).astimezone(modules.pytz.timezone('America/New_York')).strftime('%H:%M %z') }} {{ modules.pytz.timezone('America/New_York') }}", "08:00 -0400 America/New_York" },
        { "{{ modules.re.match('a(b)(?P<last>c)?', 'abcd').groups() }} {{ modules.re.match('a(b)(?P<last>c)?', 'abcd').group('last') }} {{ modules.re.match('b', 'abc') }}", "('b', 'c') c None" },
        { "{{ modules.re.search('\\d+', 'ab12cd').group() }} {{ modules.re.search('\\d+', 'ab12cd').span() }} {{ modules.re.fullmatch('\\w+', 'ab12') is not none }}", "12 (2, 4) True" },
        { "{{ modules.re.sub('(\\w+)@(\\w+)', '\\\\2 at \\\\1', 'me@home you@work') }} {{ modules.re.sub('(?P<x>b+)', '<\\\\g<x>>', 'abba') }} {{ modules.re.sub('b', 'x', 'abba', 1) }}", "home at me work at you a<bb>a axba" },
        { "{{ modules.re.findall('[a-z]+', 'ab 1 cd') }} {{ modules.re.findall('(a)(b)?', 'ab a') }} {{ modules.re.split('[,;]\\s*', 'a, b;c') }} {{ modules.re.split('(,)', 'a,b,c', 1) }}", "['ab', 'cd'] [('a', 'b'), ('a', '')] ['a', 'b', 'c'] ['a', ',', 'b,c']" },
        { "{{ modules.re.search('B', 'abc', modules.re.IGNORECASE).group() }} {{ modules.re.compile('(?i)B').sub('-', 'abcB') }} {{ modules.re.escape('a.b*c') }}", "b a-c- a\\.b\\*c" },
        { "{{ modules.itertools.product([1, 2], 'ab') | list }} {{ modules.itertools.combinations([1, 2, 3], 2) | list }} {{ modules.itertools.permutations([1, 2], 2) | list }}", "[(1, 'a'), (1, 'b'), (2, 'a'), (2, 'b')] [(1, 2), (1, 3), (2, 3)] [(1, 2), (2, 1)]" },
        { "{{ modules.itertools.chain([1], [2, 3]) | list }} {{ modules.itertools.islice(modules.itertools.count(5, 2), 3) | list }} {{ modules.itertools.accumulate([1, 2, 3]) | list }} {{ modules.itertools.zip_longest([1, 2], [3]) | list }}", "[1, 2, 3] [5, 7, 9] [1, 3, 6] [(1, 3), (2, None)]" },
        { "{{ modules.itertools.chain.from_iterable([[1], [2]]) | list }} {{ modules.itertools.repeat('x', 2) | list }} {{ modules.itertools.compress('abc', [1, 0, 1]) | list }} {{ modules.itertools.combinations_with_replacement([1, 2], 2) | list }}", "[1, 2] ['x', 'x'] ['a', 'c'] [(1, 1), (1, 2), (2, 2)]" },
        { "{{ modules.itertools.product([1, 2], repeat=2) | list }} {{ modules.itertools.product([1], []) | list }} {{ modules.itertools.permutations([1, 2], 3) | list }} {{ modules.itertools.combinations([], 0) | list }} {{ modules.itertools.combinations_with_replacement([1], 2) | list }}", "[(1, 1), (1, 2), (2, 1), (2, 2)] [] [] [()] [(1, 1)]" },
        { "{{ modules.itertools.permutations([1, 2, 3]) | list }} {{ modules.itertools.combinations(range(40), 39) | list | length }}", "[(1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)] 40" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Modules_GiveWhatPythonGives(string template, string expected)
    {
        using var project = TestProject.Of();

        Assert.Equal(expected, TemplateText.Render(Parse(project.Directory), template));
    }

    [Theory]
    [InlineData("{{ modules.datetime.date(2026, 2, 30) }}", "there is no date 2026-2-30")]
    [InlineData("{{ modules.datetime.datetime.strptime('x', '%Y') }}", "time data 'x' does not match format '%Y'")]
    [InlineData("{{ modules.pytz.timezone('Mars/Olympus') }}", "'Mars/Olympus' is no time zone")]
    [InlineData("{{ modules.re.compile('(') }}", "'(' is no regular expression")]
    [InlineData("{{ modules.datetime.datetime(2026, 1, 1) < modules.pytz.utc.localize(modules.datetime.datetime(2026, 1, 1)) }}", "offset-naive and offset-aware")]
    public void Modules_GivenNonsense_SayWhatIsWrong(string template, string message)
    {
        using var project = TestProject.Of();

        Assert.Contains(message, Assert.Throws<Platform.Worker.Jinja.JinjaException>(() => TemplateText.Render(Parse(project.Directory), template)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("itertools.count() | list")]
    [InlineData("itertools.cycle([1]) | list")]
    [InlineData("itertools.repeat(1) | list")]
    [InlineData("itertools.product(range(100), repeat=6) | list")]
    [InlineData("itertools.permutations(range(20), 15) | list")]
    [InlineData("itertools.permutations(range(5000)) | list")]
    [InlineData("itertools.combinations(range(5000), 2000) | list")]
    [InlineData("itertools.islice(range(2000000000), 1999999999, 2000000000) | list")]
    [InlineData("itertools.chain.from_iterable(itertools.repeat([])) | list")]
    [InlineData("itertools.compress(range(2000000000), range(2000000000)) | list")]
    [InlineData("itertools.cycle(range(1000000)) | first")]
    public void Iterators_WithoutAnEnd_ReachTheStepLimit(string expression)
    {
        var environment = new JinjaEnvironment(new JinjaOptions { MaxSteps = 100_000, Globals = new Dictionary<string, Value> { ["itertools"] = ItertoolsModule.Instance } });
        using var state = environment.CreateState(new RenderOptions(), TestContext.Current.CancellationToken);

        var fault = Assert.Throws<JinjaException>(() => state.Evaluate(environment.ParseExpression(expression)));

        Assert.Equal(JinjaErrorKind.StepLimit, fault.Kind);
    }
}
