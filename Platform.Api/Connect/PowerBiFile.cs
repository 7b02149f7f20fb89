using System.Text.Json;

namespace Platform.Api.Connect;

/// <summary>A <c>.pbids</c> file: Power BI Desktop opens it and asks only how to sign in (learn.microsoft.com/power-bi/connect-data/desktop-data-sources).</summary>
internal static class PowerBiFile
{
    public static string Of(string root) => JsonSerializer.Serialize(new
    {
        version = "0.1",
        connections = new[]
        {
            new
            {
                details = new { protocol = "odata", address = new { url = $"{root}/odata" } },
                options = new { },
                mode = "Import",
            },
        },
    });
}
