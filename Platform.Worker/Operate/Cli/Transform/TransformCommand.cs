using System.CommandLine;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform VERB</c>: dbt's commands, under dbt's names and with dbt's flags.</summary>
internal static class TransformCommand
{
    public static Command Create(VerbSession platform)
    {
        var session = new TransformSession(platform, new ProjectOptions(), new LogOptions());
        var command = new Command(
            "transform",
            """
            Work with a dbt project: the nearest one from this folder upwards or --project-dir, plainly, as dbt does; else the platform's own, whose build is published.
            Exit codes: 0 done, 1 a node or a test failed, 2 the command line, the project, the profile or the server, 130 interrupted.
            """)
        {
            NodeCommands.Build(session),
            NodeCommands.Run(session),
            NodeCommands.Test(session),
            NodeCommands.Seed(session),
            NodeCommands.Snapshot(session),
            NodeCommands.Compile(session),
            NodeCommands.Clone(session),
            ParseCommand.Create(session),
            ListCommand.Create(session, "list"),
            ListCommand.Create(session, "ls"),
            ShowCommand.Create(session),
            RunOperationCommand.Create(session),
            SourceCommand.Create(session),
            DocsCommand.Create(session),
            RetryCommand.Create(session),
            DepsCommand.Create(session),
            DebugCommand.Create(session),
            CleanCommand.Create(session),
        };
        session.AddTo(command);
        AcceptedOptions.AddTo(command);
        return command;
    }
}
