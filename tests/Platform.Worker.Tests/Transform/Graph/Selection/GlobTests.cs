using Platform.Worker.Transform.Graph.Selection;

namespace Platform.Worker.Tests.Transform.Graph.Selection;

/// <summary>Python's fnmatch.fnmatchcase gives the same answers.</summary>
public sealed class GlobTests
{
    [Theory]
    [InlineData("orders", "orders", true)]
    [InlineData("orders", "Orders", false)]
    [InlineData("*", "", true)]
    [InlineData("stg_*", "stg_", true)]
    [InlineData("stg_*", "my_stg_orders", false)]
    [InlineData("*_*_v?", "stg_orders_v2", true)]
    [InlineData("*_*_v?", "stg_orders_v", false)]
    [InlineData("a*b*c", "a.b.b.c", true)]
    [InlineData("a*b*c", "a.b.b.cd", false)]
    [InlineData("m[ab]*", "mb_orders", true)]
    [InlineData("m[!ab]*", "mb_orders", false)]
    [InlineData("m[!ab]*", "mc_orders", true)]
    [InlineData("m[0-9]", "m7", true)]
    [InlineData("m[0-9]", "m-", false)]
    [InlineData("m[0-]", "m-", true)]
    [InlineData("m[]x]", "m]", true)]
    [InlineData("m[]-a]", "m^", true)]
    [InlineData("m[!]x]", "m]", false)]
    [InlineData("m[^a]", "m^", true)]
    [InlineData("m[ab", "m[ab", true)]
    [InlineData("m[ab", "ma", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("a\\*", "a\\b", true)]
    [InlineData("*.sql", "line\nbreak.sql", true)]
    public void Patterns_match_as_fnmatch_does(string pattern, string text, bool matches) => Assert.Equal(matches, Glob.Matches(pattern, text));

    [Fact]
    public void Many_stars_take_no_time() =>
        Assert.False(Glob.Matches(string.Concat(Enumerable.Repeat("*a", 40)) + "b", new string('a', 5_000)));
}
