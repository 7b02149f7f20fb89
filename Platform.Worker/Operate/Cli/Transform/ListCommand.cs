using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform list</c>, <c>transform ls</c></summary>
internal static class ListCommand
{
    public static Command Create(TransformSession session, string name)
    {
        var selection = new SelectionOptions(modelsApart: true);
        var output = new Option<string?>("--output") { Description = "selector (default), name, path or json.", HelpName = "format" };
        output.AcceptOnlyFromAmong("selector", "name", "path", "json");
        var keys = SelectionOptions.Many("--output-keys", "Keys of --output json, also nested: config.materialized.", "key");
        var command = new Command(name, "List the resources of the project.") { output, keys };
        command.Hidden = name == "ls";
        selection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.List,
            (arguments, source) => arguments with
            {
                Request = selection.Apply(arguments.Request, source),
                Output = parsed.GetValue(output),
                OutputKeys = [.. (parsed.GetValue(keys) ?? []).SelectMany(key => key.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
            },
            ListVerb.RunAsync,
            cancellationToken));
        return command;
    }
}
