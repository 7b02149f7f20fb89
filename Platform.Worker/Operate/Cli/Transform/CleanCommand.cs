using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform clean</c></summary>
internal static class CleanCommand
{
    public static Command Create(TransformSession session)
    {
        var projectOnly = new DbtFlag("clean-project-files-only", "Refuse to delete folders outside the project. Default on.");
        var command = new Command("clean", "Delete the folders under clean-targets.");
        projectOnly.AddTo(command);
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.Clean,
            static (arguments, _) => arguments,
            (arguments, _, log) => Task.FromResult(CleanVerb.Run(arguments.Header, projectOnly.Given(parsed) ?? true, log)),
            cancellationToken));
        return command;
    }
}
