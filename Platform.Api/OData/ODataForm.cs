using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Platform.Api.OData;

/// <summary>How the reader wants the answer.</summary>
/// <param name="Metadata"><c>minimal</c>, <c>none</c>, or <c>full</c>, which is answered as minimal.</param>
/// <param name="NumbersAsStrings">Whether decimals and 64-bit integers are strings (IEEE754Compatible).</param>
/// <param name="Version">OData's version, <c>4.0</c> to readers of at most that, else <c>4.01</c>.</param>
/// <param name="PageSize">Preferred rows of a page; null without preference.</param>
internal sealed record ODataForm(string Metadata, bool NumbersAsStrings, string Version, int? PageSize)
{
    public string ContentType =>
        $"application/json;odata.metadata={(Metadata == "none" ? "none" : "minimal")};odata.streaming=true;IEEE754Compatible={(NumbersAsStrings ? "true" : "false")};charset=utf-8";

    /// <exception cref="ODataFault">The reader accepts nothing that there is.</exception>
    public static ODataForm Of(HttpRequest request)
    {
        var version = request.Headers["OData-MaxVersion"].ToString().Trim() == "4.0" ? "4.0" : "4.01";
        var format = request.Query["$format"].Concat(request.Query["format"]).FirstOrDefault();
        var accept = format switch
        {
            null => request.Headers.Accept.ToString(),
            "json" => "application/json",
            _ => format,
        };
        if (string.IsNullOrWhiteSpace(accept))
        {
            accept = "application/json";
        }

        var types = MediaTypeHeaderValue.TryParseList([accept], out var parsed) ? parsed : [];
        var json = types.Where(type => type.Quality is null or > 0).OrderByDescending(type => type.Quality ?? 1).FirstOrDefault(IsJson);
        if (json is null)
        {
            throw format is null
                ? new ODataFault(StatusCodes.Status406NotAcceptable, "not-acceptable", "Rows are offered as application/json.")
                : ODataFault.Bad($"'{format}' is no format of this service; expected json or application/json.", "$format");
        }

        return new ODataForm(
            Parameter(json, "odata.metadata") ?? Parameter(json, "metadata") ?? "minimal",
            Parameter(json, "IEEE754Compatible")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true,
            version,
            Preference(request.Headers["Prefer"]));
    }

    private static bool IsJson(MediaTypeHeaderValue type) => type.MatchesAllTypes || type.MediaType == "application/json" || type.MediaType == "application/*" || type.MediaType == "text/plain";

    private static string? Parameter(MediaTypeHeaderValue type, string name) =>
        type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value.Value;

    private static int? Preference(IEnumerable<string?> values) => values.OfType<string>()
        .SelectMany(value => value.Split([',', ';'], StringSplitOptions.TrimEntries))
        .Select(preference => preference.Split('=', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair.Length == 2 && pair[0].ToLowerInvariant() is "odata.maxpagesize" or "maxpagesize")
        .Select(pair => int.TryParse(pair[1].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : (int?)null)
        .FirstOrDefault(size => size is not null);
}
