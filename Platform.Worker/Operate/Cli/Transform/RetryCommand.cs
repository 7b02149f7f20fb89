using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform retry</c></summary>
internal static class RetryCommand
{
    public static Command Create(TransformSession session)
    {
        var fullRefresh = new DbtFlag("full-refresh", "Build incremental models from nothing.", "-f", negatable: false);
        var command = new Command("retry", "Run the last verb again for the nodes that failed or were skipped.");
        fullRefresh.AddTo(command);
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.Retry,
            (arguments, _) => RetryArguments.Read(
                arguments,
                Path.Combine(arguments.Header.Directory, arguments.Flags.State ?? arguments.TargetDirectory, RunResultsWriter.FileName),
                session.Overrides(parsed, fullRefresh.Given(parsed))),
            RetryVerb.RunAsync,
            cancellationToken));
        return command;
    }
}
