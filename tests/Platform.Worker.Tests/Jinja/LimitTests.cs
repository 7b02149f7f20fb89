using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Tests.Jinja;

/// <summary>A template can not run forever, exhaust the stack or the memory, and stops when it is told to.</summary>
public sealed class LimitTests
{
    private static readonly JinjaEnvironment s_environment = new(new JinjaOptions { MaxSteps = 50_000, MaxOutput = 100_000, MaxDepth = 100 });

    [Theory]
    [InlineData("{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for x in range(999999999) if x < 0 %}{% endfor %}")]
    [InlineData("{{ range(999999999)|map('string')|sum(start=0) if false else range(999999999)|sum }}")]
    [InlineData("{{ -1 in range(99999999)|map('int') }}")]
    [InlineData("{{ range(999999999)|map('string')|select('none')|list }}")]
    [InlineData("{{ range(999999999) == range(999999998) or range(999999999)|map('int')|max }}")]
    [InlineData("{% set a, b = range(999999999), range(999999999)|reject('odd')|select('odd')|list %}")]
    [InlineData("{% set t = 'a' * 90000 %}{% for i in range(999) %}{% if 'b' in t %}{% endif %}{% endfor %}")]
    [InlineData("{% set t = 'a' * 90000 %}{% for i in range(999) %}{% set x = t|upper %}{% endfor %}")]
    [InlineData("{% set t = 'a' * 45000 %}{% for i in range(999) %}{% set x = t ~ t %}{% set x = t + t %}{% set x = t.lower() %}{% endfor %}")]
    [InlineData("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}")]
    public void Work_WithoutEnd_HitsTheStepLimit(string source) => Fails(JinjaErrorKind.StepLimit, source);

    [Theory]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}")]
    [InlineData("{% macro m() %}{{ caller() }}{% call m() %}{% endcall %}{% endmacro %}{% call m() %}{% endcall %}")]
    [InlineData("{% set l = [1] %}{% do l.append(l) %}{% for x in l recursive %}{% if x is iterable %}{{ loop(x) }}{% endif %}{% endfor %}")]
    [InlineData("{% block a %}{{ self.a() }}{% endblock %}")]
    [InlineData("{% set l = [1] %}{% set m = [1] %}{% do l.append(l) %}{% do m.append(m) %}{{ l == m }}")]
    [InlineData("{% set ns = namespace(l=(1,)) %}{% for i in range(9000) %}{% set ns.l = (ns.l,) %}{% endfor %}{{ ns.l|pprint }}")]
    [InlineData("{% set ns = namespace(l=(1,)) %}{% for i in range(9000) %}{% set ns.l = ((((((((ns.l,),),),),),),),) %}{% endfor %}{% set d = {ns.l: 1} %}")]
    public void Recursion_WithoutEnd_HitsTheRecursionLimit(string source) => Fails(JinjaErrorKind.RecursionLimit, source);

    [Theory]
    [InlineData("{{ 'a' * 999999999999 }}")]
    [InlineData("{{ [1] * 99999999 }}")]
    [InlineData("{{ range(999999999)|list }}")]
    [InlineData("{% set l = [1] %}{% for x in l %}{% do l.append(1) %}{% endfor %}")]
    [InlineData("{{ range(999999999)|map('string')|list }}")]
    [InlineData("{{ range(999999999)|map('string')|reverse|first }}")]
    [InlineData("{{ range(999999999)|map('string')|sort }}")]
    [InlineData("{{ range(999999999)|map('string')|join }}")]
    [InlineData("{{ range(999999999)|unique|list }}")]
    [InlineData("{{ range(999999999)|batch(99999999)|first }}")]
    [InlineData("{{ range(999999999)|slice(2)|first }}")]
    [InlineData("{{ dict.fromkeys(range(999999999)) if false else {}.fromkeys(range(999999999)) }}")]
    [InlineData("{% for x in range(999999999)|map('string') %}{{ loop.length }}{% endfor %}")]
    [InlineData("{% macro m() %}{% endmacro %}{{ m(*range(999999999)) }}")]
    [InlineData("{% set l = [] %}{% do l.extend(range(999999999)) %}")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}")]
    [InlineData("{{ 'a'.ljust(999999999) }}")]
    [InlineData("{{ 'a'|center(99999999) }}")]
    [InlineData("{{ '%999999999d' % 1 }}")]
    [InlineData("{{ '{:999999999}'.format(1) }}")]
    [InlineData("{{ 'a\nb'|indent(999999999) }}")]
    [InlineData("{% set ns = namespace(s='aaaaaaaaaa') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData("{% for i in range(9999) %}{{ 'some longer text' }}{% endfor %}")]
    [InlineData("{{ ('a' * 90000).replace('a', 'bbbbbbbbbbbb') }}")]
    [InlineData("{{ lipsum(999999999) }}")]
    public void Data_WithoutBound_HitsTheOutputLimit(string source) => Fails(JinjaErrorKind.OutputLimit, source);

    [Theory]
    [InlineData("{{ 9 ** 9 ** 9 ** 9 ** 9 ** 9 }}")]
    [InlineData("{{ 10 ** 999999999 }}")]
    public void Numbers_WithoutBound_Overflow(string source) => Fails(JinjaErrorKind.OverflowError, source);

    /// <summary>A list that holds one list twice, which holds one list twice, and so on: small, but endless to walk through.</summary>
    [Theory]
    [InlineData("{{ a.l }}", nameof(JinjaErrorKind.OutputLimit))]
    [InlineData("{{ a.l|pprint }}", nameof(JinjaErrorKind.OutputLimit))]
    [InlineData("{{ a.l|tojson }}", nameof(JinjaErrorKind.OutputLimit))]
    [InlineData("{{ a.l == a.m }}", nameof(JinjaErrorKind.StepLimit))]
    [InlineData("{{ a.l < a.m }}", nameof(JinjaErrorKind.StepLimit))]
    [InlineData("{{ {a.t: 1} }}", nameof(JinjaErrorKind.StepLimit))]
    public void SharedParts_AreNotWalkedWithoutEnd(string use, string kind) => Fails(
        Enum.Parse<JinjaErrorKind>(kind),
        "{% set a = namespace(l=[1], m=[1], t=(1,)) %}{% for i in range(60) %}{% set a.l = [a.l, a.l] %}{% set a.m = [a.m, a.m] %}{% set a.t = (a.t, a.t) %}{% endfor %}"
        + use);

    [Theory]
    [InlineData("{{ range(999999999)|last }}", "999999998")]
    [InlineData("{{ range(999999999)|reverse|first }}", "999999998")]
    [InlineData("{{ range(999999999) == range(0, 999999999) }} {{ range(0, 3, 2) == range(0, 4, 2) }} {{ range(0) == range(2, 1) }}", "True True True")]
    [InlineData("{{ range(999999999)|length }} {{ 5 in range(999999999) }} {{ range(999999999)[7] }}", "999999999 True 7")]
    public void Ranges_AreAnsweredWithoutCounting(string source, string expected) =>
        Assert.Equal(expected, s_environment.Parse(source).Render(cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public void Iterators_InsideIterators_HitTheRecursionLimit()
    {
        const string Source = "{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = ns.l|map('string') %}{% endfor %}{{ ns.l|list }}";

        var error = Assert.Throws<JinjaException>(() => new JinjaEnvironment().Parse(Source).Render(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(JinjaErrorKind.RecursionLimit, error.Kind);
    }

    [Fact]
    public void PlainData_OfWhatContainsItself_IsRefused()
    {
        var (list, deep, shared) = (new ListValue(), new ListValue(), new ListValue([1]));
        list.Items.Add(list);
        for (var i = 0; i < 100_000; i++)
        {
            deep = new ListValue([deep]);
        }

        for (var i = 0; i < 60; i++)
        {
            shared = new ListValue([shared, shared]);
        }

        Assert.Equal(JinjaErrorKind.RecursionLimit, Assert.Throws<JinjaException>(() => Value.From(list).ToClr()).Kind);
        Assert.Equal(JinjaErrorKind.RecursionLimit, Assert.Throws<JinjaException>(() => Value.From(deep).ToClr()).Kind);
        Assert.Equal(JinjaErrorKind.OutputLimit, Assert.Throws<JinjaException>(() => Value.From(shared).ToClr()).Kind);
    }

    [Fact]
    public void Nesting_InTheSource_HitsTheRecursionLimit()
    {
        Fails(JinjaErrorKind.RecursionLimit, "{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}");
        Fails(JinjaErrorKind.RecursionLimit, "{{ " + string.Concat(Enumerable.Repeat("not ", 200_000)) + "1 }}");
        Fails(JinjaErrorKind.RecursionLimit, "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 200_000)) + " }}");
        Fails(JinjaErrorKind.RecursionLimit, string.Concat(Enumerable.Repeat("{% if 1 %}", 100_000)));
    }

    [Fact]
    public void Rendering_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => new JinjaEnvironment().Parse("{% for a in range(99999999) %}{% endfor %}").Render(cancellationToken: source.Token));
    }

    private static void Fails(JinjaErrorKind kind, string source)
    {
        var error = Assert.Throws<JinjaException>(() => s_environment.Parse(source).Render(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(kind, error.Kind);
        Assert.True(error.HasPlace);
    }
}
