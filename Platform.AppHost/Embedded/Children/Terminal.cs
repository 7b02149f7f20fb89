using System.Globalization;
using Spectre.Console;

namespace Platform.AppHost.Embedded.Children;

/// <summary>What the user sees: the AppHost's own steps, and log lines of children, each with its source in front.</summary>
internal sealed class Terminal(TimeProvider clock)
{
    public const string Self = "platform";
    private readonly Lock _lock = new();
    private readonly long _started = clock.GetTimestamp();

    /// <summary>A terminal gets colours and a progress bar; a file or a pipe plain lines.</summary>
    public bool IsInteractive { get; } = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    public TimeSpan Elapsed => clock.GetElapsedTime(_started);

    /// <summary>Says what is being done, with the time since the start.</summary>
    public void Step(string text) =>
        Line(Self, string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds,5:0.0} s  {text}"));

    public void Error(string text) => Write(Self, text, "red");

    /// <summary>A line as it is, for what one copies.</summary>
    public void Plain(string text)
    {
        lock (_lock)
        {
            Console.Out.WriteLine(text);
        }
    }

    public void Line(string source, string text) => Write(source, text, null);

    private void Write(string source, string text, string? style)
    {
        lock (_lock)
        {
            foreach (var line in text.TrimEnd().Split('\n'))
            {
                if (!IsInteractive)
                {
                    Console.Out.WriteLine($"[{source}] {line.TrimEnd()}");
                }
                else if (style is null)
                {
                    AnsiConsole.MarkupLineInterpolated($"[{Colour(source)}][[{source}]][/] {line}");
                }
                else
                {
                    AnsiConsole.MarkupLineInterpolated($"[{Colour(source)}][[{source}]][/] [{style}]{line}[/]");
                }
            }
        }
    }

    private static string Colour(string source) => source switch
    {
        Self => "blue",
        "worker" => "green",
        "api" => "cyan",
        _ => "grey",
    };
}
