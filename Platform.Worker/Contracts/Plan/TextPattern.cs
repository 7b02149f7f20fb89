using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.Worker.Contracts.Plan;

/// <summary>A contract's regular expression (ECMA-262), matched against the whole text without making a string of it.</summary>
internal sealed class TextPattern
{
    private const int StackLimit = 512;
    private readonly Regex _regex;

    private TextPattern(Regex regex) => _regex = regex;

    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public static TextPattern Compile(string pattern) =>
        new(new Regex($@"\A(?:{pattern})\z", RegexOptions.ECMAScript | RegexOptions.Compiled));

    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= StackLimit)
        {
            Span<char> text = stackalloc char[StackLimit];
            return _regex.IsMatch(text[..Encoding.UTF8.GetChars(utf8, text)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        var matches = _regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(utf8, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return matches;
    }
}
