using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Tests.Transform.Compile;

public sealed class AdapterArgumentsTests
{
    [Fact]
    public void NamedArguments_TakeTheirPositions()
    {
        var arguments = AdapterArguments.Positional(
            "check_schema_exists", new Arguments([], [new NamedValue("schema", "s"), new NamedValue("database", "d"), new NamedValue("other", 1)]));

        Assert.Equal(["d", "s"], arguments.Positional.Select(value => value.ToString()));
        Assert.Equal("other", Assert.Single(arguments.Named).Name);
    }

    [Fact]
    public void ArgumentsOfOtherMethods_StayAsTheyAre() =>
        Assert.Equal("relation", Assert.Single(AdapterArguments.Positional("anything", new Arguments([], [new NamedValue("relation", "x")])).Named).Name);
}
