using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Periods;

/// <summary>Asks the metrics API, which alone knows how a metric becomes SQL.</summary>
internal sealed class MetricsApi : IDisposable
{
    private const string KeyHeader = "X-Api-Key";

    private readonly PeriodOptions options;

    // Of its own: the retries of other clients would come on top of the operator's.
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    public MetricsApi(IOptions<PeriodOptions> options)
    {
        this.options = options.Value;
        http.Timeout = this.options.RequestTimeout;
    }

    /// <summary>The answer to a saved query for the days of a month, whole.</summary>
    /// <exception cref="ConfigurationFaultException">There is no address, the query cannot be answered, or has more rows than are kept.</exception>
    /// <exception cref="HttpRequestException">The Api does not answer.</exception>
    public async Task<SavedAnswer> AskAsync(SavedQuery query, DateOnly month, string key, CancellationToken cancellationToken)
    {
        var root = options.MetricsApi ?? throw new ConfigurationFaultException(
            $"{PeriodOptions.Section}:MetricsApi is not set; it is the address of the metrics API, which computes the results that are kept.");
        // A limit of its own is part of the query. One row more than may be kept tells that there are more.
        var limit = query.Limit is null ? $"&limit={(options.MaxRows + 1).ToString(CultureInfo.InvariantCulture)}" : "";
        var address = new Uri(
            $"{root.ToString().TrimEnd('/')}/api/v1/saved-queries/{Uri.EscapeDataString(query.Name)}/query?start={month:yyyy-MM}&end={month:yyyy-MM}&format=json{limit}");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add(KeyHeader, key);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Refused(query, response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var answer = await JsonDocument.ParseAsync(body, default, cancellationToken);
        var (columns, rows) = (answer.RootElement.GetProperty("columns"), answer.RootElement.GetProperty("rows"));
        return rows.GetArrayLength() is var count && count > options.MaxRows
            ? throw new ConfigurationFaultException(
                $"The saved query '{query.Name}' has more than {options.MaxRows} rows for {month:yyyy-MM} ({PeriodOptions.Section}:MaxRows); nothing is closed.")
            : new SavedAnswer(
                query,
                answer.RootElement.GetProperty("published").GetProperty("publication_id").GetInt64(),
                answer.RootElement.GetProperty("receipt").GetString()!,
                columns.GetRawText(),
                rows.GetRawText(),
                count);
    }

    public void Dispose() => http.Dispose();

    private Exception Refused(SavedQuery query, HttpStatusCode status, string body)
    {
        var message = $"The metrics API at {options.MetricsApi} answered {(int)status} to the saved query '{query.Name}'{Detail(body)}; nothing is closed.";
        return status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            ? new HttpRequestException(message, null, status)
            : new ConfigurationFaultException(message);
    }

    /// <summary>What the problem details say, when it is one.</summary>
    private static string Detail(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("detail", out var detail) ? $": {detail}" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
