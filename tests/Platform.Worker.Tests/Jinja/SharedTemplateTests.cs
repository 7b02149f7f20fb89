using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Tests.Jinja;

public sealed class SharedTemplateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const string Source = """
        {%- macro line(x, sep='-') -%}{% set y = x * 2 %}{{ x }}{{ sep }}{{ y }}{%- endmacro -%}
        {%- macro wrap() %}<{{ caller() }}>{% endmacro -%}
        {%- set ns = namespace(total=0) -%}
        {%- for i in items if i is odd -%}
        {%- set ns.total = ns.total + i -%}
        {%- call wrap() %}{{ line(i, sep=name) }}{{ loop.index }}/{{ loop.length }}{% endcall -%}
        {%- endfor -%}
        {{ ns.total }}{{ name|upper }}
        """;

    [Fact]
    public void Template_RenderedOnManyThreads_GivesEachItsOwnResult()
    {
        var template = new JinjaEnvironment().Parse(Source);

        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, number =>
        {
            var items = Enumerable.Range(number, 5).ToArray();
            var odd = items.Where(i => i % 2 == 1).ToArray();
            var name = $"t{number}";
            var expected = string.Concat(odd.Select((i, index) => $"<{i}{name}{i * 2}{index + 1}/{odd.Length}>")) + odd.Sum() + name.ToUpperInvariant();

            var actual = template.Render(new Dictionary<string, Value> { ["items"] = Value.FromClr(items), ["name"] = name }, Token);

            Assert.Equal(expected, actual);
        });
    }

    [Fact]
    public void Environment_LoadingOnManyThreads_ParsesRight()
    {
        var environment = new JinjaEnvironment(new JinjaOptions { Loader = new NumberLoader() });

        Parallel.For(0, 500, number => Assert.Equal($"[{number % 20}]", environment.GetTemplate($"main{number % 20}").Render(cancellationToken: Token)));
    }

    /// <summary>Makes up templates: main7 includes part7, which prints 7.</summary>
    private sealed class NumberLoader : ITemplateLoader
    {
        public string? Load(string name) => name.StartsWith("main", StringComparison.Ordinal)
            ? $"[{{% include 'part{name[4..]}' %}}]"
            : name["part".Length..];
    }
}
