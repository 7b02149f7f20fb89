using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform run-operation MACRO [--args YAML]</c></summary>
internal static class RunOperationCommand
{
    public static Command Create(TransformSession session)
    {
        var macro = new Argument<string>("macro") { Description = "The macro: name or package.name." };
        var args = new Option<string?>("--args") { Description = "Its arguments, as YAML: '{name: value}'.", HelpName = "yaml" };
        var command = new Command("run-operation", "Call a macro. What it does not commit is rolled back.") { macro, args };
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.RunOperation,
            (arguments, _) =>
            {
                var flags = arguments.Flags with { Macro = parsed.GetRequiredValue(macro), MacroArguments = YamlOption.Mapping("--args", parsed.GetValue(args)) };
                return arguments with { Flags = flags, Request = arguments.Request with { Flags = flags } };
            },
            RunOperationVerb.RunAsync,
            cancellationToken));
        return command;
    }
}
