using System.CommandLine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli;

/// <summary>The verbs of the executable. Without a verb it is the host, and its arguments are configuration.</summary>
internal static class CommandLine
{
    private static readonly Dictionary<string, Func<VerbSession, string[], Command>> Verbs = new()
    {
        ["run"] = (session, _) => RunVerb.Create(session),
        ["backfill"] = (session, _) => BackfillVerb.Create(session),
        ["runs"] = (session, _) => Runs.RunsVerb.Create(session),
        ["pipeline"] = (session, _) => PipelineStateVerb.Create(session),
        ["periods"] = (session, _) => PeriodsVerb.Create(session),
        ["keys"] = (session, _) => KeysVerb.Create(session),
        ["schedule"] = (session, _) => ScheduleVerb.Create(session),
        ["alerts"] = (session, _) => AlertsVerb.Create(session),
        ["audit"] = (session, _) => AuditVerb.Create(session),
        ["generate"] = (session, _) => GenerateVerb.Create(session),
        ["transform"] = Transform.TransformCommand.Create,
        ["incidents"] = (session, _) => IncidentsVerb.Create(session),
        ["status"] = (session, _) => StatusVerb.Create(session),
        ["quarantine"] = (session, _) => Quarantine.QuarantineVerb.Create(session),
        ["retire"] = (session, _) => RetireVerb.Create(session),
        ["contracts"] = (session, _) => Contracts.ContractsVerb.Create(session),
    };

    /// <summary>True for a verb, or what is meant as one, and for the options that ask the executable about itself.</summary>
    public static bool Asks(string[] args) => args is [var first, ..] && (first is "--help" or "-h" or "-?" or "--version" || !first.StartsWith('-'));

    /// <param name="args">The command line.</param>
    /// <param name="stages">Registers the stages that the verbs work with.</param>
    /// <param name="output">Where transform verbs write their lines; standard output when null.</param>
    /// <param name="error">Where they write what is wrong with the command line; standard error when null.</param>
    public static async Task<int> InvokeAsync(
        string[] args, Action<IHostApplicationBuilder> stages, TextWriter? output = null, TextWriter? error = null)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Log what happens to standard error, and show stack traces.", Recursive = true };
        var session = new VerbSession(stages, verbose);
        var root = new RootCommand("""
            Platform Worker: lands, checks, loads and transforms the daily partitions. Without a verb it runs as the host: schedule, catch-up, operator API.
            Exit codes: 0 done, 1 the data or a test failed or a run was cancelled, 2 usage or configuration, 3 infrastructure, 4 waiting for a partition or
            paused, 130 interrupted.
            Connection strings: ConnectionStrings__warehouse, ConnectionStrings__landing.
            """)
        {
            verbose,
        };
        // A verb starts sooner without the options of all others.
        foreach (var create in Verbs.TryGetValue(args[0], out var asked) ? [asked] : Verbs.Values.ToArray())
        {
            root.Add(create(session, args));
        }

        // A selector may begin with '@', which means a file elsewhere.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output ?? Console.Out,
            Error = error ?? Console.Error,
            // Long enough for the ledger to hear that the run was interrupted.
            ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
            EnableDefaultExceptionHandler = false,
        });
        return parsed.Errors.Count > 0 ? ExitCode.Configuration : code;
    }
}
