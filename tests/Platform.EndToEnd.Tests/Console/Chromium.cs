using Microsoft.Playwright;

namespace Platform.EndToEnd.Tests.Console;

/// <summary>A headless Chromium of this machine: <c>CHROMIUM_PATH</c>, or the first one on the PATH.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Find(),
        // Chromium's sandbox does not work for root, which CI containers run as; the pages are our own.
        Args = ["--no-sandbox"],
    });

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } named)
        {
            return named;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("No Chromium was found: install it (apt-get install chromium) or set CHROMIUM_PATH.");
    }
}
