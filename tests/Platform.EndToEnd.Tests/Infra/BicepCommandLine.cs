using System.Diagnostics;

namespace Platform.EndToEnd.Tests.Infra;

/// <summary>The Bicep command line from its NuGet package.</summary>
internal static class BicepCommandLine
{
    private static string Program { get; } = Path.Combine(Repository.Metadata("BicepTools"), OperatingSystem.IsWindows() ? "bicep.exe" : "bicep");

    /// <summary>Runs one command; the texts are all that it wrote to its two streams.</summary>
    public static async Task<(int ExitCode, string Output, string Diagnostics)> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // Where ICU is missing the program refuses to start without this.
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var diagnostics = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await diagnostics);
    }
}
