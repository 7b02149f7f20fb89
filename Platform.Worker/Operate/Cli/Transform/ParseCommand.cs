using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform parse</c></summary>
internal static class ParseCommand
{
    public static Command Create(TransformSession session)
    {
        var command = new Command("parse", "Read the project, report its errors and write its manifest.");
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed, TransformVerb.Parse, static (arguments, _) => arguments, ParseVerb.RunAsync, cancellationToken));
        return command;
    }
}
