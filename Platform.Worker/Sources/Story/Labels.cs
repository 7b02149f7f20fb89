using System.Text;

namespace Platform.Worker.Sources.Story;

/// <summary>The texts of an enumerated column, ready to be written.</summary>
internal sealed class Labels(params string[] texts)
{
    private readonly byte[][] _utf8 = [.. texts.Select(Encoding.UTF8.GetBytes)];

    public int Count => _utf8.Length;

    public ReadOnlySpan<byte> this[int position] => _utf8[position];
}
