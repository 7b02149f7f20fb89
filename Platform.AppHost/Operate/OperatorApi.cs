using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Platform.AppHost.Operate;

/// <summary>The Worker's operator API, called from the dashboard.</summary>
internal sealed class OperatorApi(EndpointReference worker, ParameterResource key)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Posts the request; what the Worker answers is the command's result.</summary>
    public async Task<ExecuteCommandResult> PostAsync(string path, Dictionary<string, string> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(worker.Url), path)) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Api-Key", await key.GetValueAsync(cancellationToken));
        try
        {
            using var response = await Http.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? CommandResults.Success("Requested", answer, CommandResultFormat.Json)
                : CommandResults.Failure($"The Worker answered {(int)response.StatusCode}.", answer, CommandResultFormat.Json);
        }
        catch (HttpRequestException exception)
        {
            return CommandResults.Failure($"The Worker at {worker.Url} does not answer: {exception.Message}");
        }
    }
}
