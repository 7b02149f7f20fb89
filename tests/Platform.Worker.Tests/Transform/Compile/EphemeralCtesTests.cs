using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Tests.Transform.Compile;

public sealed class EphemeralCtesTests
{
    [Theory]
    [InlineData("select 1", "with a as (\nX\n) select 1")]
    [InlineData("-- with\n/* with */ WITH b as (select 1) select 2", "-- with\n/* with */ WITH  a as (\nX\n), b as (select 1) select 2")]
    [InlineData("with recursive b as (select 1) select 2", "with recursive  a as (\nX\n), b as (select 1) select 2")]
    [InlineData("within_group(x)", "with a as (\nX\n) within_group(x)")]
    [InlineData("\n  -- a note\nselect 1", "\n  with a as (\nX\n) -- a note\nselect 1")]
    public void Inject_PutsTheModelBeforeTheQuerysOwnCtes(string sql, string expected) =>
        Assert.Equal(expected, EphemeralCtes.Inject(sql, [("a", "X")]));

    [Fact]
    public void Inject_OfNothing_LeavesTheQueryAlone() => Assert.Equal("select 1", EphemeralCtes.Inject("select 1", []));
}
