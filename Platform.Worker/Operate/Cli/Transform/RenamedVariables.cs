using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>Environment variables whose names dbt has changed: the former names still count, and who uses them is told.</summary>
internal static class RenamedVariables
{
    private static readonly (string Old, string New)[] Names =
    [
        ("defer-to-state", "defer"), ("favor-state-mode", "favor-state"), ("no-print", "print"), ("artifact-state-path", "state"),
    ];

    public static bool Defer => FlagSource.FromEnvironment("defer-to-state", otherwise: false);

    public static bool FavorState => FlagSource.FromEnvironment("favor-state-mode", otherwise: false);

    public static bool NoPrint => FlagSource.FromEnvironment("no-print", otherwise: false);

    public static string? State => FlagSource.FromEnvironment("artifact-state-path");

    public static void Warn(EventLog log)
    {
        foreach (var (old, current) in Names.Where(name => FlagSource.FromEnvironment(name.Old) is not null))
        {
            log.Warn(
                "EnvironmentVariableRenamed", default,
                $"The environment variable `{Variable(old)}` has been renamed as `{Variable(current)}`: set that one instead.");
        }
    }

    private static string Variable(string name) => $"DBT_{name.Replace('-', '_').ToUpperInvariant()}";
}
