using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform show --select X | --inline SQL</c></summary>
internal static class ShowCommand
{
    public static Command Create(TransformSession session)
    {
        var selection = new SelectionOptions();
        var inline = new Option<string?>("--inline") { Description = "SQL to show instead of nodes; Jinja in it is rendered.", HelpName = "sql" };
        var direct = new Option<string?>("--inline-direct") { Description = "SQL to show as it is.", HelpName = "sql", Hidden = true };
        var limit = new Option<int>("--limit") { Description = "Rows to show, -1 for all. Default 5.", HelpName = "rows", DefaultValueFactory = _ => 5 };
        var output = new Option<string?>("--output") { Description = "text (default) or json.", HelpName = "format" };
        output.AcceptOnlyFromAmong("text", "json");
        var fullRefresh = new DbtFlag("full-refresh", "Render incremental models as for a full refresh.", "-f", negatable: false);
        var command = new Command("show", "Show the first rows of nodes or of SQL; nothing is made in the warehouse.") { inline, direct, limit, output };
        selection.AddTo(command);
        fullRefresh.AddTo(command);
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.Show,
            (arguments, source) => arguments with
            {
                Request = selection.Apply(arguments.Request, source) with { FullRefresh = source.Bool(fullRefresh, false) },
                Inline = parsed.GetValue(inline) ?? (parsed.GetValue(direct) is { } sql ? $"{{% raw %}}{sql}{{% endraw %}}" : null),
                Limit = parsed.GetValue(limit),
                Output = parsed.GetValue(output),
            },
            ShowVerb.RunAsync,
            cancellationToken));
        return command;
    }
}
