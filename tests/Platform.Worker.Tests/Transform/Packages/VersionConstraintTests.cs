using NuGet.Versioning;
using Platform.Worker.Transform.Packages;

namespace Platform.Worker.Tests.Transform.Packages;

public sealed class VersionConstraintTests
{
    [Theory]
    [InlineData(">=1.0.0", "1.0.0", true)]
    [InlineData(">1.0.0", "1.0.0", false)]
    [InlineData(">1.0.0", "1.0.1", true)]
    [InlineData("<=1.0.0", "1.0.0", true)]
    [InlineData("<2.0.0", "2.0.0-rc1", false)]
    [InlineData("<2.0.0-rc2", "2.0.0-rc1", true)]
    [InlineData("=1.0.0", "1.0.0", true)]
    [InlineData("1.0.0", "1.0.1", false)]
    [InlineData("1.0.0b1", "1.0.0-b1", true)]
    [InlineData(">=1.0.0", "1.0.0-b1", false)]
    public void Allows_FollowsDbtsRules(string constraint, string version, bool expected) =>
        Assert.Equal(expected, VersionConstraint.Parse(constraint).Allows(NuGetVersion.Parse(version)));

    [Theory]
    [InlineData(">=1.0.0 <2.0.0", true)]
    [InlineData(">=2.0.0 <2.0.0", false)]
    [InlineData(">=2.0.0 <=2.0.0", true)]
    [InlineData(">2.0.0 <=2.0.0", false)]
    [InlineData("1.0.0 1.0.1", false)]
    [InlineData("1.0.0 >=0.9.0 <1.1.0", true)]
    [InlineData(">=0.1.0 >=0.2.0", true)]
    public void Constraints_ThatExcludeEachOther_AreFound(string constraints, bool expected) =>
        Assert.Equal(expected, VersionConstraint.CanAllHold([.. constraints.Split(' ').Select(VersionConstraint.Parse)]));

    [Theory]
    [InlineData("1.0")]
    [InlineData("latest")]
    [InlineData("~1.0.0")]
    [InlineData("01.0.0")]
    public void Text_ThatIsNoVersion_IsRefused(string text) => Assert.Throws<FormatException>(() => VersionConstraint.Parse(text));
}
