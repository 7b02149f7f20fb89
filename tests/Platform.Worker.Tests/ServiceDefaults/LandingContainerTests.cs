using Platform.ServiceDefaults;

namespace Platform.Worker.Tests.ServiceDefaults;

public sealed class LandingContainerTests
{
    private const string Azurite =
        "DefaultEndpointsProtocol=http;AccountName=platform;AccountKey=a2V5LW9mLWEtdGVzdA==;BlobEndpoint=http://127.0.0.1:10000/platform;";

    [Theory]
    [InlineData(Azurite, null, "http://127.0.0.1:10000/platform/landing")]
    [InlineData(Azurite, "other", "http://127.0.0.1:10000/platform/other")]
    [InlineData("https://account.blob.core.windows.net/", null, "https://account.blob.core.windows.net/landing")]
    [InlineData("Endpoint=https://account.blob.core.windows.net/;ContainerName=files", null, "https://account.blob.core.windows.net/files")]
    [InlineData("Endpoint=https://account.blob.core.windows.net/;ContainerName=files", "other", "https://account.blob.core.windows.net/other")]
    [InlineData("Endpoint=\"" + Azurite + "\";ContainerName=files;", null, "http://127.0.0.1:10000/platform/files")]
    public void Client_EachFormOfConnectionString_NamesAccountAndContainer(string connectionString, string? container, string expected)
    {
        var client = LandingContainer.Client(connectionString, container);

        Assert.Equal(expected, client.Uri.ToString());
    }
}
