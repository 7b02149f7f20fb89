using System.Text;
using Platform.Worker.Landing;

namespace Platform.Worker.Contracts.Drafting;

/// <summary>A file of an unknown supplier: opened as UTF-8 whatever its compression and encoding.</summary>
internal sealed class DraftSource
{
    private const int SampleBytes = 256 << 10;
    private const int SampleRecords = 50;

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    private readonly string _path;
    private readonly Encoding _encoding;

    private DraftSource(string path, bool isGzip, Encoding encoding, char delimiter)
    {
        _path = path;
        IsGzip = isGzip;
        _encoding = encoding;
        Delimiter = delimiter;
    }

    public bool IsGzip { get; }

    /// <summary>IANA name.</summary>
    public string EncodingName => _encoding.WebName;

    public char Delimiter { get; }

    public string FileName => Path.GetFileName(_path);

    /// <summary>Reads the file once to tell its encoding: UTF-8 if all of it is, otherwise what its byte order mark says, otherwise Windows-1252.</summary>
    public static async Task<DraftSource> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new ConfigurationFaultException($"{path}: there is no such file.");
        }

        var isGzip = await IsGzipAsync(path, cancellationToken);
        var source = new DraftSource(path, isGzip, await EncodingAsync(path, isGzip, cancellationToken), ',');
        return new DraftSource(path, isGzip, source._encoding, await source.DelimiterAsync(cancellationToken));
    }

    /// <summary>The text as UTF-8, without byte order mark.</summary>
    public Stream OpenUtf8()
    {
        var raw = OpenRaw(_path, IsGzip);
        var mark = new byte[_encoding.Preamble.Length];
        var read = raw.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        if (!mark.AsSpan(0, read).SequenceEqual(_encoding.Preamble))
        {
            raw.Dispose();
            raw = OpenRaw(_path, IsGzip);
        }

        return _encoding is UTF8Encoding ? raw : Encoding.CreateTranscodingStream(raw, _encoding, new UTF8Encoding(false));
    }

    private static Stream OpenRaw(string path, bool isGzip)
    {
        var file = File.OpenRead(path);
        return isGzip ? new GunzipStream(file, Path.GetFileName(path), new LandingOptions()) : file;
    }

    private static async Task<bool> IsGzipAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var magic = new byte[2];
        return await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken) == 2 && magic is [0x1F, 0x8B];
    }

    private static async Task<Encoding> EncodingAsync(string path, bool isGzip, CancellationToken cancellationToken)
    {
        await using var content = OpenRaw(path, isGzip);
        var bytes = new byte[SampleBytes];
        var characters = new char[SampleBytes + 4];
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        for (var isFirst = true; ; isFirst = false)
        {
            var read = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            switch (bytes.AsSpan(0, isFirst ? Math.Min(read, 3) : 0))
            {
                case [0xFF, 0xFE, ..]:
                    return Encoding.Unicode;
                case [0xFE, 0xFF, ..]:
                    return Encoding.BigEndianUnicode;
            }

            try
            {
                decoder.Convert(bytes.AsSpan(0, read), characters, flush: read < bytes.Length, out _, out _, out _);
            }
            catch (DecoderFallbackException)
            {
                return CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
            }

            if (read < bytes.Length)
            {
                return Encoding.UTF8;
            }
        }
    }

    /// <summary>The delimiter with which most of the first records have as many fields as the header, and more than one.</summary>
    private async Task<char> DelimiterAsync(CancellationToken cancellationToken)
    {
        await using var content = OpenUtf8();
        var bytes = new byte[SampleBytes];
        var read = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var sample = Encoding.UTF8.GetString(bytes, 0, read);
        return Delimiters.Select(delimiter => (Delimiter: delimiter, Fields: FieldCounts(sample, delimiter)))
            .OrderByDescending(candidate => candidate.Fields[0] == 1 ? 0 : candidate.Fields.Count(count => count == candidate.Fields[0]))
            .ThenByDescending(candidate => candidate.Fields[0])
            .First().Delimiter;
    }

    private static List<int> FieldCounts(string sample, char delimiter)
    {
        var counts = new List<int>();
        var fields = 1;
        var isQuoted = false;
        foreach (var character in sample)
        {
            if (character == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && character == delimiter)
            {
                fields++;
            }
            else if (!isQuoted && character == '\n')
            {
                counts.Add(fields);
                fields = 1;
                if (counts.Count == SampleRecords)
                {
                    break;
                }
            }
        }

        return counts.Count > 0 ? counts : [fields];
    }
}
