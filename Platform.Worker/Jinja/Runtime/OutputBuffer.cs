using System.Buffers;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>
/// The text rendered so far, in one pooled array. A macro's or block's text is written behind it and then cut off as a string.
/// </summary>
internal sealed class OutputBuffer(long limit) : IDisposable
{
    private char[] _characters = ArrayPool<char>.Shared.Rent(4096);

    public int Length { get; private set; }

    public void Append(string text)
    {
        var end = (long)Length + text.Length;
        if (end > limit)
        {
            throw new JinjaException(JinjaErrorKind.OutputLimit, $"the output exceeds {limit} characters");
        }

        if (end > _characters.Length)
        {
            Grow((int)end);
        }

        text.CopyTo(_characters.AsSpan(Length));
        Length = (int)end;
    }

    /// <summary>Removes and returns the text from <paramref name="mark"/> on.</summary>
    public string Cut(int mark)
    {
        var text = new string(_characters, mark, Length - mark);
        Length = mark;
        return text;
    }

    /// <summary>Drops the text from <paramref name="mark"/> on.</summary>
    public void Truncate(int mark) => Length = Math.Min(Length, mark);

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_characters);
        _characters = [];
        Length = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<char>.Shared.Rent((int)Math.Min(int.MaxValue / 2, Math.Max((long)_characters.Length * 2, needed)));
        _characters.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_characters);
        _characters = larger;
    }
}
