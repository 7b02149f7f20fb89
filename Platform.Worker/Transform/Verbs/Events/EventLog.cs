using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Profiles;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>
/// What a verb has to say: to the console, to logs/dbt.log, or both. Values of secret environment variables are masked. Safe to call from
/// several threads.
/// </summary>
internal sealed class EventLog(TimeProvider time, InvocationFlags flags, TextWriter console) : IMacroOutput, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<string> _secrets = Secrets.Values();
    private readonly List<IEventSink> _sinks = [];

    /// <summary>The invocation whose events these are.</summary>
    public Guid InvocationId { get; } = Guid.CreateVersion7(time.GetUtcNow());

    public InvocationFlags Flags => flags;

    public bool IsJson => flags.LogFormat == "json";

    public void Add(IEventSink sink) => _sinks.Add(sink);

    public void Write(LogEvent entry)
    {
        var scrubbed = _secrets.Count == 0 ? entry : entry with
        {
            Message = Scrub(entry.Message),
            Data = entry.Data.ToDictionary(item => item.Key, item => item.Value is string text ? Scrub(text) : item.Value),
        };
        var at = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var sink in _sinks)
            {
                sink.Write(scrubbed, at);
            }
        }
    }

    public void Info(string name, string code, string message) => Write(new LogEvent(name, code, EventLevel.Info, message));

    /// <summary>An empty line.</summary>
    public void Space() => Info("Formatting", "Z017", "");

    public void Log(string subject, string message, bool info) =>
        Write(new LogEvent(info ? "JinjaLogInfo" : "JinjaLogDebug", info ? "I062" : "I063", info ? EventLevel.Info : EventLevel.Debug, message)
        {
            Data = new Dictionary<string, object?> { ["msg"] = message },
        });

    public void Print(string message)
    {
        if (!flags.Print)
        {
            return;
        }

        lock (_gate)
        {
            console.WriteLine(Scrub(message));
        }
    }

    /// <summary>A line of the verb's result, such as a name that <c>ls</c> lists: without the time, also when quiet.</summary>
    public void Result(string line)
    {
        if (IsJson)
        {
            Write(new LogEvent("PrintEvent", "Z052", flags.Quiet ? EventLevel.Error : EventLevel.Info, line)
            {
                Data = new Dictionary<string, object?> { ["msg"] = line },
            });
            return;
        }

        lock (_gate)
        {
            console.WriteLine(Scrub(line));
        }
    }

    /// <summary>Rows or SQL that were asked for: an event, or when quiet the text alone.</summary>
    public void Shown(string name, string code, string text, IReadOnlyDictionary<string, object?> data)
    {
        if (flags.Quiet && !IsJson)
        {
            Result(text);
        }
        else
        {
            Write(new LogEvent(name, code, EventLevel.Info, text) { Data = data });
        }
    }

    public void Warn(string name, SourceLocation at, string message)
    {
        if (flags.WarnErrorOptions.IsSilent(name))
        {
            return;
        }

        var text = at.File is { Length: > 0 } ? $"{at}: {message}" : message;
        if ((flags.WarnError && !flags.WarnErrorOptions.Warn.Contains(name)) || flags.WarnErrorOptions.IsError(name))
        {
            throw new TransformException(at, $"{message} ({name} is an error because of --warn-error.)");
        }

        Write(new LogEvent(name, WarningCodes.Of(name), EventLevel.Warn, $"[{Paint.Yellow("WARNING")}]: {text}")
        {
            Data = new Dictionary<string, object?> { ["msg"] = message },
        });
    }

    public void Dispose()
    {
        console.Flush();
        foreach (var sink in _sinks)
        {
            sink.Dispose();
        }
    }

    private string Scrub(string text) => Secrets.Scrub(text, _secrets);
}
