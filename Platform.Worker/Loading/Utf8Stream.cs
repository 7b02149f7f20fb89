using System.Text;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading;

/// <summary>
/// A text file's content as UTF-8 without byte order mark, whatever it is written in: what its byte order mark says, or else the declared
/// encoding. Bytes that mean nothing there become <see cref="Invalid"/>, which no UTF-8 text has, so that their line is told from good ones.
/// UTF-8 itself passes through untouched.
/// </summary>
/// <param name="content">The file; disposed of with this stream.</param>
/// <param name="declared">Of a file without byte order mark.</param>
internal sealed class Utf8Stream(Stream content, Encoding declared) : ForwardStream
{
    /// <summary>Stands for what could not be read.</summary>
    public const byte Invalid = 0xFF;

    private const int ChunkBytes = 64 << 10;

    /// <summary>What the decoder makes of bytes that mean nothing: no character, and in no text.</summary>
    private const char InvalidMark = '\uFFFF';

    private static readonly Encoding[] Marked = [Encoding.UTF8, Encoding.UTF32, new UTF32Encoding(bigEndian: true, byteOrderMark: true), Encoding.Unicode, Encoding.BigEndianUnicode];

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private Decoder? _decoder;
    private char[] _chars = [];
    private byte[] _utf8 = [];
    private ReadOnlyMemory<byte> _ready;
    private bool _started;
    private bool _ended;

    /// <summary>The encoding of a name; see <see cref="Contracts.FileForm.Encoding"/>.</summary>
    /// <exception cref="ArgumentException">There is no such encoding.</exception>
    public static Encoding EncodingOf(string name) => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);

    public override int Read(Span<byte> buffer)
    {
        if (!_started)
        {
            Start(content.ReadAtLeast(_chunk, 4, throwOnEndOfStream: false));
        }

        while (_ready.IsEmpty && _decoder is not null && !_ended && !buffer.IsEmpty)
        {
            Decode(content.Read(_chunk));
        }

        return _ready.IsEmpty && _decoder is null ? content.Read(buffer) : Take(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_started)
        {
            Start(await content.ReadAtLeastAsync(_chunk, 4, throwOnEndOfStream: false, cancellationToken));
        }

        while (_ready.IsEmpty && _decoder is not null && !_ended && !buffer.IsEmpty)
        {
            Decode(await content.ReadAsync(_chunk, cancellationToken));
        }

        return _ready.IsEmpty && _decoder is null ? await content.ReadAsync(buffer, cancellationToken) : Take(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Start(int read)
    {
        _started = true;
        var head = _chunk.AsSpan(0, read);
        var encoding = declared;
        var mark = 0;
        foreach (var marked in Marked)
        {
            if (head.StartsWith(marked.Preamble))
            {
                (encoding, mark) = (marked, marked.Preamble.Length);
                break;
            }
        }

        if (encoding.CodePage == Encoding.UTF8.CodePage)
        {
            _ready = _chunk.AsMemory(mark, read - mark);
            return;
        }

        encoding = (Encoding)encoding.Clone();
        encoding.DecoderFallback = new DecoderReplacementFallback(InvalidMark.ToString());
        _decoder = encoding.GetDecoder();
        _chars = new char[encoding.GetMaxCharCount(ChunkBytes)];
        _utf8 = new byte[Encoding.UTF8.GetMaxByteCount(_chars.Length)];
        head[mark..].CopyTo(_chunk);
        if (read > mark)
        {
            Decode(read - mark);
        }
    }

    private void Decode(int read)
    {
        _ended = read == 0;
        var chars = _chars.AsSpan(0, _decoder!.GetChars(_chunk.AsSpan(0, read), _chars, flush: _ended));
        var written = 0;
        for (int invalid; (invalid = chars.IndexOf(InvalidMark)) >= 0; chars = chars[(invalid + 1)..])
        {
            written += Encoding.UTF8.GetBytes(chars[..invalid], _utf8.AsSpan(written));
            _utf8[written++] = Invalid;
        }

        written += Encoding.UTF8.GetBytes(chars, _utf8.AsSpan(written));
        _ready = _utf8.AsMemory(0, written);
    }

    private int Take(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..taken].CopyTo(buffer);
        _ready = _ready[taken..];
        return taken;
    }
}
