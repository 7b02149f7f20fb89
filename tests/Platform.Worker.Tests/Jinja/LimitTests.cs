using Platform.Worker.Jinja;

namespace Platform.Worker.Tests.Jinja;

/// <summary>A template can not run forever, exhaust the stack or the memory, and stops when it is told to.</summary>
public sealed class LimitTests
{
    private static readonly JinjaEnvironment s_environment = new(new JinjaOptions { MaxSteps = 50_000, MaxOutput = 100_000, MaxDepth = 100 });

    [Theory]
    [InlineData("{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% set l = [1] %}{% for x in l %}{% do l.append(1) %}{% endfor %}")]
    [InlineData("{{ range(999999999)|map('string')|sum(start=0) if false else range(999999999)|sum }}")]
    [InlineData("{{ -1 in range(99999999)|map('int') }}")]
    [InlineData("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}")]
    public void Work_WithoutEnd_HitsTheStepLimit(string source) => Fails(JinjaErrorKind.StepLimit, source);

    [Theory]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}")]
    [InlineData("{% macro m() %}{{ caller() }}{% call m() %}{% endcall %}{% endmacro %}{% call m() %}{% endcall %}")]
    [InlineData("{% set l = [1] %}{% do l.append(l) %}{% for x in l recursive %}{% if x is iterable %}{{ loop(x) }}{% endif %}{% endfor %}")]
    [InlineData("{% block a %}{{ self.a() }}{% endblock %}")]
    [InlineData("{% set l = [1] %}{% set m = [1] %}{% do l.append(l) %}{% do m.append(m) %}{{ l == m }}")]
    public void Recursion_WithoutEnd_HitsTheRecursionLimit(string source) => Fails(JinjaErrorKind.RecursionLimit, source);

    [Theory]
    [InlineData("{{ 'a' * 999999999999 }}")]
    [InlineData("{{ [1] * 99999999 }}")]
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
