using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform publish</c></summary>
internal static class PublishCommand
{
    public static Command Create(TransformSession session)
    {
        var from = DataDateOption.Create("--from", "First data date that the publication holds. Default: unknown.");
        var to = DataDateOption.Create("--to", "Last data date, included: periods are listed up to it. Default: up to the last fact.");
        var command = new Command(
            "publish",
            "After 'build' with a profile: check every metric against the built columns and let the Api serve this project's metrics.") { from, to };
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.Publish,
            (arguments, source) => arguments with
            {
                Request = arguments.Request with { From = source.Arguments.GetValue(from), To = source.Arguments.GetValue(to) },
            },
            PublishVerb.RunAsync,
            cancellationToken));
        return command;
    }
}
