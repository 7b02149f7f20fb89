using System.Globalization;

namespace Platform.Worker.Transform.Run.Seeds;

/// <summary>The types that a seed's column may have, in dbt's order of preference; a set of them while a column's type is still open.</summary>
[Flags]
internal enum SeedTypes
{
    Number = 1,
    Date = 2,
    DateTime = 4,
    IsoDateTime = 8,
    Boolean = 16,
    Text = 32,
    All = 63,
}

/// <summary>Whether a field fits a type, and how it is written for PostgreSQL (dbt's agate types, https://github.com/dbt-labs/dbt-common).</summary>
internal static class SeedCast
{
    /// <summary>Empty, blank, or the word null in any case.</summary>
    public static bool IsNull(ReadOnlySpan<char> field)
    {
        var trimmed = field.Trim();
        return trimmed.IsEmpty || trimmed.Equals("null", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Leaves those of the types that the field fits.</summary>
    /// <param name="field">A field that is not null.</param>
    /// <param name="open">The types that all fields before fit.</param>
    /// <param name="places">Made larger where the field is a number.</param>
    /// <param name="hasOffset">Set where the field is a time with an offset from UTC.</param>
    public static SeedTypes Narrow(ReadOnlySpan<char> field, SeedTypes open, ref SeedNumber places, ref bool hasOffset)
    {
        var trimmed = field.Trim();
        if (open.HasFlag(SeedTypes.Number))
        {
            if (SeedNumber.TryMeasure(trimmed, out var number))
            {
                places = places.Max(number);
            }
            else
            {
                open &= ~SeedTypes.Number;
            }
        }

        open = Keep(open, SeedTypes.Date, open.HasFlag(SeedTypes.Date) && SeedTime.TryDate(trimmed, out _));
        open = Keep(open, SeedTypes.DateTime, open.HasFlag(SeedTypes.DateTime) && SeedTime.TryDateTime(trimmed, out _));
        if (open.HasFlag(SeedTypes.IsoDateTime))
        {
            open = Keep(open, SeedTypes.IsoDateTime, SeedTime.TryIso(trimmed, out _, out var offset));
            hasOffset |= offset is not null;
        }

        return Keep(open, SeedTypes.Boolean, open.HasFlag(SeedTypes.Boolean) && IsBoolean(field));
    }

    /// <summary>The first of the types that are left.</summary>
    public static SeedTypes Preferred(SeedTypes open) => open & (SeedTypes)(-(int)open);

    /// <returns>The value as text for COPY; null for null.</returns>
    public static string? Format(ReadOnlySpan<char> field, SeedTypes type, bool wholeNumbers)
    {
        if (IsNull(field))
        {
            return null;
        }

        var trimmed = field.Trim();
        switch (type)
        {
            case SeedTypes.Number:
                return SeedNumber.Format(trimmed, wholeNumbers);
            case SeedTypes.Date:
                SeedTime.TryDate(trimmed, out var date);
                return date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case SeedTypes.DateTime:
                SeedTime.TryDateTime(trimmed, out var time);
                return time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            case SeedTypes.IsoDateTime:
                SeedTime.TryIso(trimmed, out var local, out var offset);
                return local.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
                    + (offset is { } zone ? (zone < TimeSpan.Zero ? "-" : "+") + zone.ToString("hh\\:mm", CultureInfo.InvariantCulture) : "");
            case SeedTypes.Boolean:
                // A field of commas only is null to agate's Boolean, and to no other type.
                return Bare(field).Equals("true", StringComparison.OrdinalIgnoreCase) ? "true" : IsNull(Bare(field)) ? null : "false";
            default:
                return field.ToString();
        }
    }

    private static SeedTypes Keep(SeedTypes open, SeedTypes type, bool fits) => fits ? open : open & ~type;

    private static bool IsBoolean(ReadOnlySpan<char> field)
    {
        var bare = Bare(field);
        return bare.Equals("true", StringComparison.OrdinalIgnoreCase) || bare.Equals("false", StringComparison.OrdinalIgnoreCase) || IsNull(bare);
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> field) =>
        field.Contains(',') ? field.ToString().Replace(",", "", StringComparison.Ordinal).AsSpan().Trim() : field.Trim();
}
