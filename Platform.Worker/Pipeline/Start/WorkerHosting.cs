using Platform.ServiceDefaults;

namespace Platform.Worker.Pipeline.Start;

internal static class WorkerHosting
{
    /// <summary>Runs the host to its end. What is wrong with its configuration is told in plain words, not as a crash.</summary>
    /// <returns>The process' exit code, see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunWorkerAsync(this WebApplication app)
    {
        try
        {
            ConnectionStrings.Require(app.Configuration, [WarehouseNames.Connection, LandingNames.Connection]);
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (Exception exception) when (FaultClassifier.Classify(exception) is Fault.Configuration)
        {
            await Console.Error.WriteLineAsync($"Configuration fault: {exception.Message}");
            return ExitCode.Configuration;
        }
    }
}
