using Platform.Worker.Landing;

namespace Platform.Worker.Tests.Landing;

public sealed class LandingPathTests
{
    [Fact]
    public void For_DomainDateAndDataset_IsTheBlobOfTheFile() =>
        Assert.Equal("sales/20260131/order_lines.csv", LandingPath.For("sales", new DateOnly(2026, 1, 31), "order_lines"));

    [Fact]
    public void Manifest_IsInThePartitionsFolder() =>
        Assert.Equal("sales/20260131/_manifest.json", LandingPath.Manifest("sales", new DateOnly(2026, 1, 31)));
}
