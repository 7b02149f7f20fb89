using Microsoft.Extensions.Time.Testing;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Tests.Transform.Events;

public sealed class PacedWriterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void WriteLine_ComesAfterTheDelay_WithTheLinesBetween()
    {
        using var output = new Output();
        var writer = new PacedWriter(output, _time);

        writer.WriteLine("one");
        writer.WriteLine("two");
        Assert.Equal("", output.ToString());
        _time.Advance(PacedWriter.Delay);
        Assert.Equal("one\ntwo\n", output.ToString());

        writer.WriteLine("three");
        _time.Advance(PacedWriter.Delay);
        Assert.Equal("one\ntwo\nthree\n", output.ToString());
    }

    [Fact]
    public void WriteLine_OfMuch_ComesAtOnce()
    {
        using var output = new Output();
        var writer = new PacedWriter(output, _time);
        var line = new string('x', 20_000);

        writer.WriteLine(line);

        Assert.Equal($"{line}\n", output.ToString());
    }

    [Fact]
    public void Flush_TellsWhatCouldNotBeWritten()
    {
        using var output = new Output { IsFull = true };
        var writer = new PacedWriter(output, _time);

        writer.WriteLine("one");
        _time.Advance(PacedWriter.Delay);

        Assert.Equal("no space left", Assert.Throws<IOException>(writer.Flush).Message);
    }

    private sealed class Output : StringWriter
    {
        public Output() => NewLine = "\n";

        public bool IsFull { get; init; }

        public override void Flush()
        {
            if (IsFull)
            {
                throw new IOException("no space left");
            }
        }
    }
}
