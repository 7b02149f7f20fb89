using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>The verbs that work through selected nodes: build, run, test, seed, snapshot, compile.</summary>
internal static class NodeCommands
{
    public static Command Build(TransformSession session)
    {
        var from = DataDateOption.Create("--from", "First data date: var start_date. Default: the project's.");
        var to = DataDateOption.Create("--to", "Last data date, included: var end_date. Default: the project's.");
        var show = new DbtFlag("show", "Show a sample of the seeds loaded.", negatable: false);
        var command = Create(
            session,
            TransformVerb.Build,
            "Build seeds, models and snapshots and run their tests, in the order of their references.",
            (arguments, source) => arguments with
            {
                Show = source.Bool(show, false),
                Request = arguments.Request with { From = source.Arguments.GetValue(from), To = source.Arguments.GetValue(to) },
            });
        command.Add(from);
        command.Add(to);
        show.AddTo(command);
        return command;
    }

    public static Command Run(TransformSession session) => Create(session, TransformVerb.Run, "Build models.");

    public static Command Test(TransformSession session) => Create(session, TransformVerb.Test, "Run data tests and unit tests.");

    public static Command Seed(TransformSession session)
    {
        var show = new DbtFlag("show", "Show a sample of the rows loaded.", negatable: false);
        var command = Create(
            session, TransformVerb.Seed, "Load seeds, the CSV files of the project.", (arguments, source) => arguments with { Show = source.Bool(show, false) });
        show.AddTo(command);
        return command;
    }

    public static Command Snapshot(TransformSession session) => Create(session, TransformVerb.Snapshot, "Take snapshots.");

    public static Command Compile(TransformSession session)
    {
        var inline = new Option<string?>("--inline") { Description = "SQL to compile instead of nodes.", HelpName = "sql" };
        var output = new Option<string?>("--output") { Description = "json or text.", HelpName = "format" };
        output.AcceptOnlyFromAmong("json", "text");
        var command = Create(
            session,
            TransformVerb.Compile,
            "Render nodes into the target folder and run nothing; show those that are selected by name.",
            (arguments, source) => arguments with { Inline = source.Arguments.GetValue(inline), Output = source.Arguments.GetValue(output) },
            CompileVerb.RunAsync);
        command.Add(inline);
        command.Add(output);
        return command;
    }

    public static Command Clone(TransformSession session) =>
        Create(session, TransformVerb.Clone, "Make nodes here as clones of those that the manifest of --state has.");

    private static Command Create(
        TransformSession session,
        TransformVerb verb,
        string description,
        Func<VerbArguments, FlagSource, VerbArguments>? more = null,
        Func<VerbRun, CancellationToken, Task<bool>>? work = null)
    {
        var selection = new SelectionOptions();
        var building = new BuildOptions();
        var command = new Command(verb.Which(), description);
        selection.AddTo(command);
        building.AddTo(command);
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            verb,
            (arguments, source) =>
            {
                var chosen = arguments with { Request = building.Apply(selection.Apply(arguments.Request, source), source) };
                return more is null ? chosen : more(chosen, source);
            },
            work ?? BuildVerb.RunAsync,
            cancellationToken));
        return command;
    }
}
