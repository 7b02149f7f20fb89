using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Packages;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform deps [--upgrade] [--lock] [--add-package NAME@VERSION [--source hub|git|local]]</c></summary>
internal static class DepsCommand
{
    public static Command Create(TransformSession session)
    {
        var upgrade = new Option<bool>("--upgrade") { Description = "Resolve again although package-lock.yml answers the request." };
        var lockOnly = new Option<bool>("--lock") { Description = "Write package-lock.yml and install nothing." };
        var add = new Option<string?>("--add-package") { Description = "Add a package to packages.yml first.", HelpName = "name@version" };
        var source = new Option<string>("--source") { Description = "What --add-package names: hub, git or local.", HelpName = "kind", DefaultValueFactory = _ => "hub" };
        source.AcceptOnlyFromAmong("hub", "git", "local");
        var command = new Command("deps", "Install the packages of packages.yml or dependencies.yml.") { upgrade, lockOnly, add, source };
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.Deps,
            static (arguments, _) => arguments,
            (arguments, _, log) => DepsVerb.RunAsync(
                new DepsRequest
                {
                    ProjectDirectory = arguments.Header.Directory,
                    Upgrade = parsed.GetValue(upgrade),
                    LockOnly = parsed.GetValue(lockOnly),
                    AddPackage = parsed.GetValue(add),
                    Source = parsed.GetValue(source)!,
                    Vars = arguments.Flags.Vars,
                    VersionCheck = arguments.Flags.VersionCheck,
                },
                log,
                TimeProvider.System,
                cancellationToken),
            cancellationToken));
        return command;
    }
}
