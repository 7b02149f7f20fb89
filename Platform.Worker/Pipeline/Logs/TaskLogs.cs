using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Pipeline.Logs;

/// <summary>Captures what is logged while an attempt of a task works into <c>meta.task_log</c>.</summary>
internal sealed class TaskLogs(NpgsqlDataSource warehouse, TimeProvider clock)
{
    /// <param name="key">The attempt's <c>log_key</c>.</param>
    public TaskLog Begin(long key) => new(key, warehouse, clock);
}

/// <summary>The log of one attempt. It is bounded, and what cannot be written is given up: no task fails because of its log.</summary>
internal sealed class TaskLog : IAsyncDisposable
{
    /// <summary>Lines kept of one attempt.</summary>
    public const int MaxLines = 10_000;

    /// <summary>Characters kept of one line.</summary>
    public const int MaxLength = 8_192;

    private static readonly AsyncLocal<TaskLog?> Open = new();
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(250);

    private readonly Channel<(DateTimeOffset At, LogLevel Level, string Message)> _lines =
        Channel.CreateUnbounded<(DateTimeOffset, LogLevel, string)>(new() { SingleReader = true });
    private readonly long _key;
    private readonly NpgsqlDataSource _warehouse;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _writing;
    private int _taken;

    public TaskLog(long key, NpgsqlDataSource warehouse, TimeProvider clock)
    {
        (_key, _warehouse, _clock) = (key, warehouse, clock);
        // Outside of what it captures: nothing that the writing itself logs comes back here.
        using (ExecutionContext.SuppressFlow())
        {
            _writing = Task.Run(WriteAsync);
        }
    }

    /// <summary>The log of the task that the calling code works for; null outside of tasks.</summary>
    public static TaskLog? Current => Open.Value;

    /// <summary>What is logged from here on, by this code and what it starts, goes into this log, until the result is disposed.</summary>
    public IDisposable Capture()
    {
        var outer = Open.Value;
        Open.Value = this;
        return new Captured(outer);
    }

    public void Add(LogLevel level, string message)
    {
        switch (Interlocked.Increment(ref _taken))
        {
            case <= MaxLines:
                _lines.Writer.TryWrite((_clock.GetUtcNow(), level, message.Length > MaxLength ? message[..MaxLength] + "…" : message));
                break;
            case MaxLines + 1:
                _lines.Writer.TryWrite((_clock.GetUtcNow(), LogLevel.Warning, $"The log of an attempt ends after {MaxLines} lines; what follows is left out."));
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _ended.CancelAsync();
        await _writing;
        _ended.Dispose();
    }

    private async Task WriteAsync()
    {
        var line = 0;
        while (await _lines.Reader.WaitToReadAsync(CancellationToken.None))
        {
            try
            {
                // Several lines at once; who follows the log does not mind the wait.
                await Task.Delay(FlushInterval, _clock, _ended.Token);
            }
            catch (OperationCanceledException)
            {
            }
            var lines = new List<(DateTimeOffset At, LogLevel Level, string Message)>();
            while (lines.Count < 1_000 && _lines.Reader.TryRead(out var next))
            {
                lines.Add(next);
            }
            try
            {
                await WriteAsync(lines, line);
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                // The warehouse is away or being restarted; the task meets that itself.
            }
            line += lines.Count;
        }
    }

    private async Task WriteAsync(List<(DateTimeOffset At, LogLevel Level, string Message)> lines, int before)
    {
        await using var command = _warehouse.CreateCommand("""
            insert into meta.task_log (log_key, line, at, level, message)
            select $1, $2 + number, at, level, message
            from unnest($3, $4, $5) with ordinality as logged (at, level, message, number)
            """);
        command.Parameters.Add(new() { Value = _key });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = lines.Select(line => line.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = lines.Select(line => Word(line.Level)).ToArray() });
        command.Parameters.Add(new() { Value = lines.Select(line => line.Message.Replace('\0', '\uFFFD')).ToArray() });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Warning => "warning",
        LogLevel.Error or LogLevel.Critical => "error",
        _ => "info",
    };

    private sealed class Captured(TaskLog? outer) : IDisposable
    {
        public void Dispose() => Open.Value = outer;
    }
}
