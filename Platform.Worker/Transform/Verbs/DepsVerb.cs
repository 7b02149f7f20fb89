using Platform.Worker.Transform.Packages;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Installs the packages that the project asks for. Needs neither profile nor warehouse.</summary>
internal static class DepsVerb
{
    public static async Task<bool> RunAsync(DepsRequest request, EventLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        await new PackageInstaller(client, time).RunAsync(request, new Messages(log), cancellationToken);
        return true;
    }

    /// <summary>What the installer says, under dbt's names.</summary>
    private sealed class Messages(EventLog log) : IProgress<DepsMessage>
    {
        public void Report(DepsMessage value) => log.Write(new LogEvent(
            value.Name,
            "M000",
            value.Level switch
            {
                LogLevel.Trace or LogLevel.Debug => EventLevel.Debug,
                LogLevel.Warning => EventLevel.Warn,
                LogLevel.Error or LogLevel.Critical => EventLevel.Error,
                _ => EventLevel.Info,
            },
            value.Text));
    }
}
