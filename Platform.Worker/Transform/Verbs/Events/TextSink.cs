using System.Globalization;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>Lines as dbt prints them: the time (UTC) and the text; with <paramref name="details"/> also level and thread, as in dbt.log.</summary>
internal sealed class TextSink(TextWriter writer, EventLevel lowest, bool colors, bool details) : IEventSink
{
    public void Write(LogEvent entry, DateTimeOffset at)
    {
        if (entry.Level < lowest)
        {
            return;
        }

        var message = colors ? entry.Message : Paint.Strip(entry.Message);
        var time = at.UtcDateTime;
        writer.WriteLine(details
            ? $"{time.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture)} [{entry.Level.ToString().ToLowerInvariant(),-5}] [{entry.Thread}]: {message}"
            : $"{time.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {message}");
    }

    public void Dispose() => writer.Flush();
}
