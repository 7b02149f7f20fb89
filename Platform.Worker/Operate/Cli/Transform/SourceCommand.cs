using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform source freshness [--output FILE]</c></summary>
internal static class SourceCommand
{
    public static Command Create(TransformSession session) => new("source", "The sources of the project.")
    {
        Freshness(session, "freshness"), Freshness(session, "snapshot-freshness"),
    };

    private static Command Freshness(TransformSession session, string name)
    {
        var selection = new SelectionOptions();
        var output = new Option<string?>("--output", "-o") { Description = "File of the report. Default: sources.json in the target folder.", HelpName = "file" };
        var command = new Command(name, "Check how old the newest rows of the sources are.") { output };
        command.Hidden = name != "freshness";
        selection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.SourceFreshness,
            (arguments, source) => arguments with { Request = selection.Apply(arguments.Request, source), OutputPath = parsed.GetValue(output) },
            FreshnessVerb.RunAsync,
            cancellationToken));
        return command;
    }
}
