using System.CommandLine;
using Platform.ServiceDefaults;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform debug [--connection] [--config-dir]</c></summary>
internal static class DebugCommand
{
    public static Command Create(TransformSession session)
    {
        var connection = new Option<bool>("--connection") { Description = "Check the connection alone." };
        var configDirectory = new Option<bool>("--config-dir") { Description = "Show where profiles.yml is looked for, and nothing else." };
        var command = new Command("debug", "Check the profile, the project, git and the connection.") { connection, configDirectory };
        command.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.Debug,
            static (arguments, _) => arguments,
            async (arguments, _, log) =>
            {
                var search = VerbConnection.Search(arguments);
                if (parsed.GetValue(configDirectory))
                {
                    log.Info("OpenCommand", "Z016", $"profiles.yml is looked for in: {string.Join(", ", search.Directories)}");
                    return true;
                }

                await using var platform = PlatformSettings.Load().Warehouse is { Length: > 0 } warehouse ? WarehouseDataSource.Create(warehouse) : null;
                return await new DebugVerb(arguments.Header, search, log).RunAsync(platform, parsed.GetValue(connection), cancellationToken);
            },
            cancellationToken));
        return command;
    }
}
