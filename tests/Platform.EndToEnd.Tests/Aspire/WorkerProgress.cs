using System.Net.Http.Json;

namespace Platform.EndToEnd.Tests;

/// <summary>The Worker's account of its start.</summary>
internal sealed record WorkerProgress(string Phase, string? Message)
{
    public static async Task UntilIdleAsync(HttpClient worker, CancellationToken cancellationToken)
    {
        while (true)
        {
            var progress = await worker.GetFromJsonAsync<WorkerProgress>("/api/v1/progress", cancellationToken);
            switch (progress?.Phase)
            {
                case "idle":
                    return;
                case "failed":
                    throw new InvalidOperationException($"The Worker's first runs failed: {progress.Message}");
                default:
                    await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                    break;
            }
        }
    }
}
