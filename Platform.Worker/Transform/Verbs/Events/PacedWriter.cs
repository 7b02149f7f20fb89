using System.Text;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>
/// Standard output that is no terminal: what is said is written some lines at a time, the last of it after <see cref="Delay"/>. A line at a time wakes
/// whoever reads it as often, which takes a core from the verb. Flush it at the end. Safe to call from several threads.
/// </summary>
internal sealed class PacedWriter : TextWriter
{
    /// <summary>How long a line may wait for others.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private const int Most = 16 * 1024;

    private readonly TextWriter _output;
    private readonly Lock _gate = new();
    private readonly StringBuilder _waiting = new();
    private readonly ITimer _timer;
    private IOException? _fault;

    /// <param name="output">Where it goes. What it cannot take is told when it is flushed next.</param>
    /// <param name="time">The clock.</param>
    public PacedWriter(TextWriter output, TimeProvider time) =>
        (_output, _timer) = (output, time.CreateTimer(_ => FlushLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));

    public override Encoding Encoding => _output.Encoding;

    public override void Write(char value) => Add(value.ToString());

    public override void Write(string? value) => Add(value);

    public override void WriteLine(string? value) => Add(value + _output.NewLine);

    public override void Flush()
    {
        lock (_gate)
        {
            if (_fault is not null)
            {
                throw new IOException(_fault.Message, _fault);
            }

            _output.Write(_waiting);
            _output.Flush();
            _waiting.Clear();
        }
    }

    private void Add(string? text)
    {
        lock (_gate)
        {
            if (_waiting.Length == 0)
            {
                _timer.Change(Delay, Timeout.InfiniteTimeSpan);
            }

            _waiting.Append(text);
            if (_waiting.Length > Most)
            {
                Flush();
            }
        }
    }

    private void FlushLate()
    {
        try
        {
            Flush();
        }
        catch (IOException fault)
        {
            lock (_gate)
            {
                _fault = fault;
            }
        }
    }
}
