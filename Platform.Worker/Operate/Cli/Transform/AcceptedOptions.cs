using System.CommandLine;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>
/// Flags that dbt users' scripts pass and that mean nothing here: usage statistics are never sent, there is no experimental parser, no
/// dbt Cloud. They are accepted and have no effect (docs/compatibility.md lists them).
/// </summary>
internal static class AcceptedOptions
{
    private static readonly string[] Flags =
    [
        "send-anonymous-usage-stats", "use-experimental-parser", "use-fast-test-edges", "single-threaded", "show-all-deprecations", "log-cache-events",
        "macro-debugging", "use-colors-file", "show-resource-report", "partial-parse-file-diff", "upload-to-artifacts-ingest-api",
        "export-saved-queries", "include-saved-query", "inject-ephemeral-ctes",
    ];

    private static readonly string[] Values = ["record-timing-info", "log-file-max-bytes", "partial-parse-file-path"];

    public static void AddTo(Command command)
    {
        foreach (var name in Flags)
        {
            command.Add(new Option<bool>($"--{name}") { Hidden = true, Recursive = true });
            command.Add(new Option<bool>($"--no-{name}") { Hidden = true, Recursive = true });
        }

        foreach (var name in Values)
        {
            command.Add(new Option<string>($"--{name}", name == "record-timing-info" ? ["-r"] : []) { Hidden = true, Recursive = true });
        }
    }
}
