using System.Diagnostics;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Tests.Jinja;

/// <summary>Broken templates fail with the Jinja error, within their limits, and with nothing else.</summary>
public sealed class TemplateFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 4000;

    private static readonly string[] s_pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "-", "+", "~", "*", "**", "//", "(", ")", "[", "]", "{", "}", "|", ".", ",", ":", "=", "'", "\"",
        "\\", " ", "\n", "0", "9999999999", "1e9", "-1", "x", "loop", "caller", "varargs", "self", "super", "none", "true", " is ", " not ", " in ", " if ",
        " else ", " and ", "{% endif %}", "{% endfor %}", "{% for x in range(99999999) %}", "{% if x %}", "{% macro m(a) %}", "{% endmacro %}",
        "{% set x = ", "{% call m() %}", "{{ m(m) }}", "{% raw %}", "|list", "|join", "|map('upper')", "|sort", "|batch(2)", "|center(999999999)",
        "|format", "|indent(99999999)", "|int", "|tojson", "|round(400)", "|slice(99999999)", ".format(", ".append(", ".items()", "[::", " % ", "é😀",
    ];

    [Fact]
    public void Template_Mutated_FailsOnlyWithJinjaErrors()
    {
        var seed = Environment.GetEnvironmentVariable("JINJA_FUZZ_SEED") is { } given ? int.Parse(given) : Random.Shared.Next();
        output.WriteLine($"seed {seed}: set JINJA_FUZZ_SEED to repeat");
        var random = new Random(seed);
        var sources = Directory.GetFiles(SpecCase.Folder, "*.jinja").Order(StringComparer.Ordinal)
            .SelectMany(path => SpecCase.Read(Path.GetFileNameWithoutExtension(path)))
            .Select(found => found.Body)
            .ToArray();
        var environment = new JinjaEnvironment(new JinjaOptions { MaxSteps = 20_000, MaxOutput = 200_000, MaxDepth = 60 });
        var variables = new Dictionary<string, Value> { ["v"] = 1, ["name"] = "x", ["d"] = 1.5m, ["l"] = new ListValue([1, "a"]) };
        var (rendered, failed) = (0, 0);
        var slowest = TimeSpan.Zero;
        for (var round = 0; round < Rounds; round++)
        {
            var source = Mutate(random, sources);
            var watch = Stopwatch.StartNew();
            try
            {
                environment.Parse(source).Render(variables, TestContext.Current.CancellationToken);
                rendered++;
            }
            catch (JinjaException error)
            {
                Assert.NotEqual(JinjaErrorKind.HostError, error.Kind);
                Assert.True(error.HasPlace, $"no place in: {error.Message}\n{source}");
                failed++;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}\n{source}");
            }

            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
        }

        output.WriteLine($"{rendered} rendered, {failed} failed, the slowest took {slowest.TotalMilliseconds:0} ms");
        Assert.True(rendered > Rounds / 50 && failed > Rounds / 50, $"{rendered} rendered, {failed} failed: the mutations are one-sided");
    }

    private static string Mutate(Random random, string[] sources)
    {
        var text = sources[random.Next(sources.Length)];
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(12), text.Length - at);
            text = random.Next(5) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Insert(at, sources[random.Next(sources.Length)]),
                _ => text.Insert(at, s_pieces[random.Next(s_pieces.Length)]),
            };
        }

        return text;
    }
}
