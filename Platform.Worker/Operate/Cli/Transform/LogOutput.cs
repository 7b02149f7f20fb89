using Platform.Worker.Transform.Verbs;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>Opens the outputs of a verb: standard output and logs/dbt.log.</summary>
internal static class LogOutput
{
    private const string FileName = "dbt.log";

    public static EventLog Open(VerbArguments arguments, ProjectPlace place, TextWriter output)
    {
        var flags = arguments.Flags;
        var isTerminal = output == Console.Out && !Console.IsOutputRedirected;
        var console = isTerminal ? output : new PacedWriter(output, TimeProvider.System);
        var log = new EventLog(TimeProvider.System, flags, console);
        if (Level(flags.Quiet ? "error" : flags.Debug ? "debug" : flags.LogLevel) is { } level)
        {
            log.Add(flags.LogFormat == "json"
                ? new JsonSink(console, level, log.InvocationId)
                : new TextSink(console, level, flags.UseColors && isTerminal, details: flags.LogFormat == "debug"));
        }

        // The platform's own project may lie where nobody may write.
        if (Level(flags.LogLevelFile) is { } fileLevel && (!place.IsPlatform || flags.LogPath is not null))
        {
            var folder = Path.GetFullPath(Path.Combine(arguments.Header.Directory, flags.LogPath ?? arguments.Header.LogPath));
            Directory.CreateDirectory(folder);
            var writer = new StreamWriter(Path.Combine(folder, FileName), append: true);
            if (flags.LogFormatFile == "json")
            {
                log.Add(new JsonSink(writer, fileLevel, log.InvocationId));
            }
            else
            {
                writer.WriteLine($"\n\n============================== {TimeProvider.System.GetUtcNow():HH:mm:ss.ffffff} | {log.InvocationId} ==============================");
                log.Add(new TextSink(writer, fileLevel, colors: false, details: flags.LogFormatFile is "debug" or "default"));
            }
        }

        return log;
    }

    private static EventLevel? Level(string name) => name switch
    {
        "none" => null,
        "debug" => EventLevel.Debug,
        "warn" => EventLevel.Warn,
        "error" => EventLevel.Error,
        _ => EventLevel.Info,
    };
}
