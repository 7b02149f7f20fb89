using System.CommandLine;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform VERB</c>: dbt's commands, under dbt's names and with dbt's flags.</summary>
internal static class TransformCommand
{
    private static readonly Dictionary<string, Func<TransformSession, Command>> Verbs = new()
    {
        ["build"] = NodeCommands.Build,
        ["run"] = NodeCommands.Run,
        ["test"] = NodeCommands.Test,
        ["seed"] = NodeCommands.Seed,
        ["snapshot"] = NodeCommands.Snapshot,
        ["compile"] = NodeCommands.Compile,
        ["clone"] = NodeCommands.Clone,
        ["publish"] = PublishCommand.Create,
        ["parse"] = ParseCommand.Create,
        ["list"] = static session => ListCommand.Create(session, "list"),
        ["ls"] = static session => ListCommand.Create(session, "ls"),
        ["show"] = ShowCommand.Create,
        ["run-operation"] = RunOperationCommand.Create,
        ["source"] = SourceCommand.Create,
        ["docs"] = DocsCommand.Create,
        ["retry"] = RetryCommand.Create,
        ["deps"] = DepsCommand.Create,
        ["debug"] = DebugCommand.Create,
        ["clean"] = CleanCommand.Create,
    };

    /// <param name="platform">The Worker's own session.</param>
    /// <param name="args">The command line: only the verbs that it names are made, unless it names none.</param>
    public static Command Create(VerbSession platform, string[] args)
    {
        var session = new TransformSession(platform, new ProjectOptions(), new LogOptions());
        var command = new Command(
            "transform",
            """
            Work with a dbt project: the nearest one from this folder upwards or --project-dir, plainly, as dbt does; else the platform's own, whose build is published.
            Exit codes: 0 done, 1 a node or a test failed, 2 the command line, the project, the profile or the server, 130 interrupted.
            """);
        var named = Verbs.Where(verb => args.Contains(verb.Key)).Select(verb => verb.Value).ToArray();
        if (named.Length > 0)
        {
            // Read beside the command line, the project's header and the profile: nearly every verb needs it.
            GlobalProject.Prepare();
        }

        foreach (var create in named.Length > 0 ? named : [.. Verbs.Values])
        {
            command.Add(create(session));
        }

        session.AddTo(command);
        AcceptedOptions.AddTo(command);
        return command;
    }
}
