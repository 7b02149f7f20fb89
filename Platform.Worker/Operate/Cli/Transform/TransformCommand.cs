using System.CommandLine;
using Npgsql;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Transform;
using Spectre.Console;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform build [--select ...] [--exclude ...] [--from D --to D] [--full-refresh] [--project-dir P]</c></summary>
internal static class TransformCommand
{
    public static Command Create(VerbSession session) =>
        new("transform", "Work with the dbt project.") { Build(session) };

    private static Command Build(VerbSession session)
    {
        var select = Nodes("--select", "Nodes to build, as dbt selects them: name, +name, name+, tag:x, path:models/marts.");
        var exclude = Nodes("--exclude", "Nodes to leave out.");
        var from = DataDateOption.Create("--from", "First data date: var start_date. Default: the project's.");
        var to = DataDateOption.Create("--to", "Last data date, included: var end_date. Default: the project's.");
        var fullRefresh = new Option<bool>("--full-refresh") { Description = "Build incremental models from nothing." };
        var project = new Option<DirectoryInfo?>("--project-dir")
        {
            Description = "Another dbt project: built plainly into the target schema, without candidates or publishing.",
            HelpName = "folder",
        };
        var command = new Command("build", "Build models, seeds and tests in the order of their references; the platform's own project is then published.")
        {
            select, exclude, from, to, fullRefresh, project,
        };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var directory = arguments.GetValue(project);
                if (directory is { Exists: false })
                {
                    throw new ConfigurationFaultException($"--project-dir: there is no folder {directory.FullName}.");
                }
                var request = new BuildRequest
                {
                    From = arguments.GetValue(from),
                    To = arguments.GetValue(to),
                    FullRefresh = arguments.GetValue(fullRefresh),
                    Select = arguments.GetValue(select) ?? [],
                    Exclude = arguments.GetValue(exclude) ?? [],
                    ProjectDirectory = directory?.FullName,
                    Publish = directory is null,
                };
                var engine = services.GetRequiredService<TransformEngine>();
                // Another Worker may be loading; its own build takes turns in the same way.
                await using var facts = request.Publish
                    ? await FactsLock.ExclusiveAsync(services.GetRequiredService<NpgsqlDataSource>(), cancellationToken)
                    : null;
                var build = await ShowAsync(progress => engine.BuildAsync(request, progress, cancellationToken));
                await Console.Out.WriteLineAsync(build.Summary);
                return build.Success ? ExitCode.Success : ExitCode.Data;
            },
            cancellationToken));
        return command;
    }

    private static Option<string[]> Nodes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "selector",
        AllowMultipleArgumentsPerToken = true,
    };

    private static async Task<BuildResult> ShowAsync(Func<IProgress<NodeEvent>, Task<BuildResult>> build)
    {
        if (!ConsoleProgress.IsInteractive)
        {
            return await build(new Immediate<NodeEvent>(node => Tell(node, Console.Out.WriteLine)));
        }
        return await AnsiConsole.Progress().StartAsync(context =>
        {
            var bar = context.AddTask("dbt_build");
            return build(new Immediate<NodeEvent>(node =>
            {
                bar.MaxValue = node.Total;
                if (node.Result is null)
                {
                    bar.Description = Markup.Escape(node.Name);
                    return;
                }
                bar.Increment(1);
                if (node.Result.IsFailure)
                {
                    Tell(node, line => AnsiConsole.MarkupLineInterpolated($"[red]{line}[/]"));
                }
            }));
        });
    }

    private static void Tell(NodeEvent node, Action<string> write)
    {
        if (node.Result is { } result)
        {
            var message = result.IsFailure ? $": {result.Message ?? $"{result.Failures} failing rows"}" : "";
            write($"{node.Index} of {node.Total} {result.Status.ToString().ToUpperInvariant()} {node.ResourceType} {node.Name} in {result.Duration.TotalSeconds:0.00} s{message}");
        }
    }
}
