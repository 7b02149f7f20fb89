using System.Diagnostics;
using System.Reflection;

namespace Platform.EndToEnd.Tests.Infra;

/// <summary>The Bicep command line from its NuGet package.</summary>
internal static class BicepCommandLine
{
    /// <summary>The folder that holds Platform.sln.</summary>
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    private static string Program { get; } = Path.Combine(Metadata("BicepTools"), OperatingSystem.IsWindows() ? "bicep.exe" : "bicep");

    /// <summary>Runs one command; the texts are all that it wrote to its two streams.</summary>
    public static async Task<(int ExitCode, string Output, string Diagnostics)> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // Where ICU is missing the program refuses to start without this.
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = RepositoryRoot,
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

    private static string Metadata(string key) => typeof(BicepCommandLine).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
