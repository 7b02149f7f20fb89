using System.CommandLine;
using System.Text.Json;

namespace Platform.Worker.Operate.Cli;

/// <summary>What <c>--json</c> writes: the names of the operator API, indented.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    private static readonly JsonSerializerOptions OneLine = new(Options) { WriteIndented = false };

    public static Option<bool> Option() => new("--json") { Description = "Write the result as JSON." };

    public static Task WriteAsync<T>(T value) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(value, Options));

    /// <summary>One of many results, on a line of its own.</summary>
    public static Task WriteLineAsync<T>(T value) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(value, OneLine));
}
