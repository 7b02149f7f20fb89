using System.Text;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Tests.Transform.Run;

public sealed class CandidateNamesTests
{
    [Theory]
    [InlineData("orders", "__delta", "orders__delta")]
    [InlineData("orders", "", "orders")]
    public void Fit_OfAShortName_AppendsTheSuffix(string name, string suffix, string expected) => Assert.Equal(expected, CandidateNames.Fit(name, suffix));

    [Theory]
    [InlineData('x')]
    [InlineData('é')]
    public void Fit_OfALongName_StaysWithinPostgreSqlsBytesAndStaysUnique(char letter)
    {
        var name = new string(letter, 40);
        var fitted = CandidateNames.Fit(name + new string(letter, 22), "__delta");

        Assert.InRange(Encoding.UTF8.GetByteCount(fitted), 1, 63);
        Assert.EndsWith("__delta", fitted, StringComparison.Ordinal);
        Assert.NotEqual(fitted, CandidateNames.Fit(name + new string(letter, 21) + "z", "__delta"));
    }
}
