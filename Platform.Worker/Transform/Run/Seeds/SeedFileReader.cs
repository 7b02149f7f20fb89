using System.Buffers;
using System.Text;

namespace Platform.Worker.Transform.Run.Seeds;

/// <summary>
/// The records of a CSV file, one at a time, by the rules of Python's csv module, with which dbt reads seeds: a quote opens a quoted field
/// only as its first character, text after the closing quote belongs to the field, every line ending reads as \n, also within quotes, and
/// an empty line is a record without fields.
/// </summary>
internal sealed class SeedFileReader : IDisposable
{
    private const int End = -1;

    private readonly StreamReader _reader;
    private readonly char _delimiter;
    private readonly char[] _buffer = ArrayPool<char>.Shared.Rent(32 * 1024);
    private readonly List<int> _ends = [];
    private char[] _text = new char[1024];
    private int _length;
    private int _at;
    private int _filled;
    private int _nextLine = 1;

    public SeedFileReader(string path, char delimiter)
    {
        _delimiter = delimiter;
        _reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
    }

    /// <summary>Number of the line on which the current record begins.</summary>
    public int Line { get; private set; }

    public int FieldCount => _ends.Count;

    /// <summary>A field of the current record; valid until the next one is read.</summary>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            return _text.AsSpan(start, _ends[index] - start);
        }
    }

    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DecoderFallbackException">The file is not UTF-8.</exception>
    public bool Read()
    {
        _ends.Clear();
        _length = 0;
        Line = _nextLine;
        var next = Next();
        if (next is End or '\n')
        {
            return next is not End;
        }

        while (true)
        {
            if (next is '"')
            {
                next = ReadQuoted();
            }

            while (next is not (End or '\n') && next != _delimiter)
            {
                Append((char)next);
                next = Next();
            }

            _ends.Add(_length);
            if (next is End or '\n')
            {
                return true;
            }

            next = Next();
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        ArrayPool<char>.Shared.Return(_buffer);
    }

    /// <summary>Reads on behind an opening quote; returns the character behind the closing one.</summary>
    private int ReadQuoted()
    {
        while (true)
        {
            var next = Next();
            if (next is '"')
            {
                next = Next();
                if (next is not '"')
                {
                    return next;
                }
            }

            if (next is End)
            {
                return End;
            }

            Append((char)next);
        }
    }

    private int Next()
    {
        if (_at == _filled && !Fill())
        {
            return End;
        }

        var character = _buffer[_at++];
        if (character is '\r')
        {
            if ((_at < _filled || Fill()) && _buffer[_at] is '\n')
            {
                _at++;
            }

            character = '\n';
        }

        if (character is '\n')
        {
            _nextLine++;
        }

        return character;
    }

    private bool Fill()
    {
        _at = 0;
        _filled = _reader.Read(_buffer, 0, _buffer.Length);
        return _filled > 0;
    }

    private void Append(char character)
    {
        if (_length == _text.Length)
        {
            Array.Resize(ref _text, _text.Length * 2);
        }

        _text[_length++] = character;
    }
}
