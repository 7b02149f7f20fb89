using System.Text;

namespace Platform.Api.Console;

/// <summary>The page's styles, put into the page: one request shows everything.</summary>
internal static class ConsoleStyle
{
    public static string Css { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(ConsoleStyle).Assembly.GetManifestResourceStream("Platform.Api.Console.console.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
