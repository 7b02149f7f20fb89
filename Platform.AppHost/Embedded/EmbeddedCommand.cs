using System.CommandLine;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded;

/// <summary>The command line of the embedded AppHost.</summary>
internal static class EmbeddedCommand
{
    private const int MaxDays = 3660;

    public static RootCommand Create()
    {
        var fresh = new Option<bool>("--fresh") { Description = "Wipe the data first." };
        var days = new Option<int?>("--days") { Description = "Days to catch up on start (default 30)." };
        var port = new Option<int?>("--port") { Description = "Port of the console and the API (default 8080, or the next one that is free)." };
        var data = new Option<string?>("--data") { Description = "Data folder (default .platform/data in the repository)." };
        var verbose = new Option<bool>("--verbose") { Description = "Show every log line, not only warnings and errors." };
        Within(days, 1, MaxDays);
        Within(port, 1, ushort.MaxValue);

        var command = new RootCommand("Runs the platform without a container engine: PostgreSQL, blob storage, Worker and Api on this machine.")
        {
            fresh, days, port, data, verbose,
        };
        command.SetAction((arguments, cancellationToken) => EmbeddedHost.RunAsync(
            new EmbeddedOptions
            {
                Fresh = arguments.GetValue(fresh),
                Days = arguments.GetValue(days),
                Port = arguments.GetValue(port),
                DataFolder = Path.GetFullPath(arguments.GetValue(data) ?? Path.Combine(PlatformFolder.Default, "data")),
                Verbose = arguments.GetValue(verbose),
            },
            cancellationToken));
        return command;
    }

    private static void Within(Option<int?> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var value) && value >= least && value <= most))
        {
            result.AddError($"{option.Name} is {token.Value}; it must be between {least} and {most}.");
        }
    });
}
