using System.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>Texts: length in characters, pattern, permitted values.</summary>
internal sealed class TextColumn : CompiledColumn
{
    private readonly int _minLength;
    private readonly int _maxLength;
    private readonly TextPattern? _pattern;
    private readonly byte[][] _enumeration;

    public TextColumn(ContractColumn column)
        : base(column)
    {
        _minLength = column.MinLength ?? 0;
        _maxLength = column.MaxLength ?? int.MaxValue;
        _pattern = column.Pattern is null ? null : TextPattern.Compile(column.Pattern);
        _enumeration = [.. column.Enumeration.Select(Encoding.UTF8.GetBytes)];
    }

    protected internal override bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        value = 0;
        row.WriteBytesField(field);
        return HasLength(field) && (_pattern is null || _pattern.IsMatch(field)) && IsPermitted(field);
    }

    protected override IEnumerable<Violation> ExplainValue(string field)
    {
        var utf8 = Encoding.UTF8.GetBytes(field);
        if (!HasLength(utf8))
        {
            var (limit, side) = CharacterCount(utf8) > _maxLength ? (_maxLength, "at most") : (_minLength, "at least");
            yield return Broken(Rules.Length, field, $"has {CharacterCount(utf8)} characters; expected {side} {limit}");
        }

        if (_pattern is not null && !_pattern.IsMatch(utf8))
        {
            yield return Broken(Rules.Pattern, field, $"is '{Shown(field)}'; expected the pattern {Column.Pattern}");
        }

        if (!IsPermitted(utf8))
        {
            yield return Broken(Rules.Enumeration, field, $"is '{Shown(field)}'; expected one of {string.Join(", ", Column.Enumeration)}");
        }
    }

    private bool HasLength(ReadOnlySpan<byte> utf8)
    {
        // A character has one to four bytes, so most texts need no counting.
        if (utf8.Length <= _maxLength && (_minLength == 0 || utf8.Length >= 4L * _minLength))
        {
            return true;
        }

        var characters = CharacterCount(utf8);
        return characters >= _minLength && characters <= _maxLength;
    }

    private bool IsPermitted(ReadOnlySpan<byte> utf8)
    {
        if (_enumeration.Length == 0)
        {
            return true;
        }

        foreach (var permitted in _enumeration)
        {
            if (utf8.SequenceEqual(permitted))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Code points, as PostgreSQL's char_length counts: every byte that does not continue a character.</summary>
    private static int CharacterCount(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
        {
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}
