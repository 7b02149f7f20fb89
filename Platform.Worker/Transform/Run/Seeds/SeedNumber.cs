using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Run.Seeds;

/// <summary>
/// A number as agate takes it: Python's decimal syntax with group commas, percent and currency signs around it. The places decide between
/// integer and float8, as dbt's <c>convert_number_type</c> does.
/// </summary>
/// <param name="Whole">Digits before the point, insignificant ones left out.</param>
/// <param name="Decimals">Digits behind the point, insignificant ones left out.</param>
internal readonly partial record struct SeedNumber(int Whole, int Decimals)
{
    /// <summary>Digits that Python's decimal context keeps.</summary>
    private const int ContextPrecision = 28;

    // In agate's order: each is stripped once, so the order matters for texts with several.
    private const string CurrencySymbols = "؋$ƒ៛¥₡₱£€¢﷼₪₩₭₮₦฿₤₫";

    /// <summary>SQL type of a column whose numbers have at most these places (agate's MaxPrecision).</summary>
    public string SqlType => (Whole + Decimals > ContextPrecision ? ContextPrecision - Whole : Decimals) != 0 ? "float8" : "integer";

    /// <summary>The places of 0, to begin with.</summary>
    public static SeedNumber Smallest => new(1, 0);

    public SeedNumber Max(SeedNumber other) => new(Math.Max(Whole, other.Whole), Math.Max(Decimals, other.Decimals));

    /// <param name="trimmed">Text without white space around it.</param>
    /// <param name="number">Its places.</param>
    public static bool TryMeasure(ReadOnlySpan<char> trimmed, out SeedNumber number)
    {
        if (IsPlain(trimmed, out var integer, out var fraction))
        {
            number = new SeedNumber(integer.TrimStart('0').Length, fraction.TrimEnd('0').Length);
            return true;
        }

        number = Smallest;
        if (Read(trimmed) is not { } parts)
        {
            return false;
        }

        if (parts.IsFinite)
        {
            var (significant, exponent) = parts.Normalize();
            number = new SeedNumber(significant.Length + exponent, Math.Max(0, -exponent));
        }

        return true;
    }

    /// <summary>The number as PostgreSQL reads it: plain digits for a column of integers.</summary>
    /// <param name="trimmed">A text that <see cref="TryMeasure"/> took.</param>
    /// <param name="whole">Write it without point and exponent.</param>
    public static string Format(ReadOnlySpan<char> trimmed, bool whole)
    {
        if (IsPlain(trimmed, out _, out var fraction) && (!whole || fraction.IsEmpty))
        {
            return trimmed.ToString();
        }

        var parts = Read(trimmed)!.Value;
        if (!parts.IsFinite)
        {
            return "NaN";
        }

        var sign = parts.IsNegative ? "-" : "";
        if (!whole)
        {
            return $"{sign}{parts.Integer}.{parts.Fraction}e{parts.Exponent.ToString(CultureInfo.InvariantCulture)}";
        }

        var (significant, exponent) = parts.Normalize();
        return sign + significant + new string('0', Math.Max(0, exponent));
    }

    /// <summary>True for what needs no cleaning to be read by PostgreSQL: digits, perhaps a sign, a point and more digits.</summary>
    private static bool IsPlain(ReadOnlySpan<char> trimmed, out ReadOnlySpan<char> integer, out ReadOnlySpan<char> fraction)
    {
        integer = trimmed is ['-', ..] ? trimmed[1..] : trimmed;
        fraction = [];
        if (integer.IndexOf('.') is var point and > 0 && point < integer.Length - 1)
        {
            fraction = integer[(point + 1)..];
            integer = integer[..point];
        }

        return integer.Length > 0 && !integer.ContainsAnyExceptInRange('0', '9') && !fraction.ContainsAnyExceptInRange('0', '9');
    }

    private static Parts? Read(ReadOnlySpan<char> trimmed)
    {
        var text = trimmed.Trim('%');
        var negative = text is ['-', ..];
        text = negative ? text[1..] : text;
        foreach (var symbol in CurrencySymbols)
        {
            text = text.Trim(symbol);
        }

        var match = DecimalSyntax().Match(text.ToString().Replace(",", "", StringComparison.Ordinal).Trim().Replace("_", "", StringComparison.Ordinal));
        if (!match.Success)
        {
            return null;
        }

        return new Parts(
            match.Groups["number"].Success,
            negative ^ match.Groups["sign"].ValueSpan is "-",
            match.Groups["integer"].Value,
            match.Groups["fraction"].Value,
            int.TryParse(match.Groups["exponent"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent) ? exponent : 0);
    }

    [GeneratedRegex(
        @"^(?<sign>[-+])?((?<number>(?=[0-9]|\.[0-9])(?<integer>[0-9]*)(\.(?<fraction>[0-9]*))?(e(?<exponent>[-+]?[0-9]{1,9}))?)|inf(inity)?|s?nan[0-9]*)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DecimalSyntax();

    private readonly record struct Parts(bool IsFinite, bool IsNegative, string Integer, string Fraction, int Exponent)
    {
        /// <summary>The significant digits and the power of ten to multiply them with.</summary>
        public (string Digits, int Exponent) Normalize()
        {
            var digits = (Integer + Fraction).TrimStart('0');
            var significant = digits.TrimEnd('0');
            return significant.Length == 0 ? ("0", 0) : (significant, Exponent - Fraction.Length + digits.Length - significant.Length);
        }
    }
}
