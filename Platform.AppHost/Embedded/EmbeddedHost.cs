using Platform.AppHost.Embedded.Children;
using Platform.AppHost.Embedded.Data;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded;

/// <summary>Runs the platform on this machine until it is asked to stop or something fails, and leaves no process behind.</summary>
internal static class EmbeddedHost
{
    private const int Success = 0;
    private const int Failure = 1;

    /// <summary>The exit code: 0 when asked to stop, 1 after a failure, which has then been printed.</summary>
    public static async Task<int> RunAsync(EmbeddedOptions options, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var terminal = new Terminal(clock);
        using var signals = new StopSignals(clock, cancellationToken);
        try
        {
            using var folder = DataFolder.Open(options.DataFolder);
            var consolePort = ConsolePort.Choose(options.Port);
            await using var children = new Supervisor(folder, terminal, ConsolePort.Address(consolePort), options.Verbose);
            var start = new StartSequence(options, terminal, folder, children, consolePort);
            return await RunAsync(start, terminal, folder, children, signals.Token);
        }
        catch (ServerException exception)
        {
            terminal.Error(exception.Message);
            return Failure;
        }
    }

    private static async Task<int> RunAsync(
        StartSequence start, Terminal terminal, DataFolder folder, Supervisor children, CancellationToken stopRequested)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(stopRequested);
        var started = start.RunAsync(starting.Token);
        var failure = await FailureAsync(started, children, stopRequested);
        if (failure is not null)
        {
            terminal.Error(failure);
        }

        await starting.CancelAsync();
        await started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await children.StopAsync();
        folder.NoteStopped();
        terminal.Step(failure is null ? "stopped" : $"stopped because of a failure; the logs are in {folder.Logs}");
        return failure is null ? Success : Failure;
    }

    /// <summary>Waits for the end: null when asked to stop, otherwise what went wrong.</summary>
    private static async Task<string?> FailureAsync(Task started, Supervisor children, CancellationToken stopRequested)
    {
        string? failure = null;
        try
        {
            if (await Task.WhenAny(started, children.FirstEnded) == started)
            {
                await started;
                await children.FirstEnded.WaitAsync(stopRequested);
            }
        }
        catch (OperationCanceledException) when (stopRequested.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // Whatever it was, the children are stopped in order. Only a failure that nobody foresaw needs its stack trace.
            failure = exception is ServerException ? exception.Message : exception.ToString();
        }

        // A child that ended explains more than the failures that follow from it.
        if (children.FirstEnded.IsCompleted)
        {
            var ended = await children.FirstEnded;
            failure = $"{ended.Name} ended with exit code {ended.ExitCode}. Its last lines:\n{ended.LastLines}";
        }

        return failure;
    }
}
