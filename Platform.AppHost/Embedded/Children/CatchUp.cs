using System.Net.Http.Json;
using Platform.AppHost.Embedded.Servers;
using Spectre.Console;

namespace Platform.AppHost.Embedded.Children;

/// <summary>Shows how far the Worker is with the days that it catches up on after its start.</summary>
internal sealed class CatchUp(Terminal terminal, HttpClient worker)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns when the Worker has caught up, or says why it could not.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var last = terminal.IsInteractive
            ? await AnsiConsole.Status().StartAsync(
                "first runs", status => PollAsync(progress => status.Status = Markup.Escape(Text(progress)), cancellationToken))
            : await PollAsync(progress => terminal.Step(Text(progress)), cancellationToken);
        if (last.Phase == WorkerPhase.Failed)
        {
            terminal.Error($"the first runs failed: {last.Message}");
        }
        else if (last.Total > 0)
        {
            terminal.Step(Text(last));
        }
    }

    private static string Text(Progress progress) => progress.Message ?? $"{progress.Done} of {progress.Total} days done";

    /// <summary>Reports each change until the Worker is idle or has failed.</summary>
    private async Task<Progress> PollAsync(Action<Progress> report, CancellationToken cancellationToken)
    {
        Progress? last = null;
        while (true)
        {
            var current = await GetAsync(cancellationToken);
            if (current is { Phase: WorkerPhase.Idle or WorkerPhase.Failed })
            {
                return current;
            }

            if (current is not null && current != last)
            {
                report(current);
                last = current;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Null when the Worker does not answer; if it has ended, the supervisor says so.</summary>
    private async Task<Progress?> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await worker.GetFromJsonAsync<Progress>("/api/v1/progress", cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.StatusCode is { } status)
        {
            throw new ServerException($"The Worker answered {(int)status} to /api/v1/progress.", exception);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static class WorkerPhase
    {
        public const string Idle = "idle";
        public const string Failed = "failed";
    }

    private sealed record Progress(string Phase, int Done, int Total, string? Message);
}
