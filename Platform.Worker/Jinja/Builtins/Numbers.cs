using System.Globalization;
using System.Numerics;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Python's <c>int()</c>, <c>float()</c> and <c>round()</c>.</summary>
internal static class Numbers
{
    /// <summary>A number without its fraction.</summary>
    public static BigInteger Truncate(Value value) => value.Kind switch
    {
        ValueKind.Float when !double.IsFinite(value.AsDouble()) => throw new JinjaException(
            double.IsNaN(value.AsDouble()) ? JinjaErrorKind.ValueError : JinjaErrorKind.OverflowError,
            $"cannot convert float {(double.IsNaN(value.AsDouble()) ? "NaN" : "infinity")} to integer"),
        ValueKind.Float => new BigInteger(value.AsDouble()),
        ValueKind.Decimal => new BigInteger(decimal.Truncate(value.AsDecimal())),
        _ => value.AsBigInteger(),
    };

    public static bool TryParseInteger(string text, int radix, out BigInteger value)
    {
        value = BigInteger.Zero;
        text = text.Trim();
        var negative = text.StartsWith('-');
        text = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        var prefix = text.Length > 1 && text[0] == '0'
            ? char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 }
            : 0;
        if (prefix != 0 && (radix == prefix || radix == 0))
        {
            (text, radix) = (text[2..].TrimStart('_'), prefix);
        }

        radix = radix == 0 ? 10 : radix;
        if (text.Length is 0 or > 4300 || text[0] == '_' || text[^1] == '_' || text.Contains("__", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (c == '_')
            {
                continue;
            }

            var digit = char.IsDigit(c) ? (int)char.GetNumericValue(c) : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : 99;
            if (digit >= radix)
            {
                return false;
            }

            value = (value * radix) + digit;
        }

        value = negative ? -value : value;
        return true;
    }

    public static bool TryParseFloat(string text, out double value)
    {
        text = text.Trim();
        var word = text.TrimStart('+', '-').ToLowerInvariant();
        if (word is "inf" or "infinity" or "nan" && text.Length - word.Length <= 1)
        {
            value = word == "nan" ? double.NaN : text.StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = 0;
        if (text.StartsWith('_') || text.EndsWith('_') || text.Contains("__", StringComparison.Ordinal))
        {
            return false;
        }

        return double.TryParse(
            text.Replace("_", string.Empty, StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value);
    }

    /// <summary>Python's <c>round(float, digits)</c>: half to even on the exact value of the double.</summary>
    public static double Round(double value, int digits)
    {
        if (!double.IsFinite(value) || digits > 22)
        {
            return value;
        }

        if (digits < 0)
        {
            var scale = Math.Pow(10, -digits);
            return double.IsInfinity(scale) ? 0 : Math.Round(value / scale, MidpointRounding.ToEven) * scale;
        }

        var rounded = double.Parse(Fixed(Math.Abs(value), digits), CultureInfo.InvariantCulture);
        return double.IsNegative(value) ? -rounded : rounded;
    }

    /// <summary>A number with that many digits after the point, rounded half to even on the exact value of the double.</summary>
    public static string Fixed(double magnitude, int digits)
    {
        digits = Math.Min(digits, 1000);
        var text = magnitude.ToString(Format(digits), CultureInfo.InvariantCulture);

        // .NET rounds ties away from zero. A double whose next 25 digits are 5 and zeros lies exactly in the middle.
        var exact = magnitude.ToString(Format(digits + 25), CultureInfo.InvariantCulture);
        var end = exact.Length - 25;
        if (exact[end] != '5' || exact.AsSpan(end + 1).ContainsAnyExcept('0'))
        {
            return text;
        }

        var truncated = digits == 0 ? exact[..(end - 1)] : exact[..end];
        return (truncated[^1] - '0') % 2 == 0 ? truncated : text;

        static string Format(int count) => "F" + count.ToString(CultureInfo.InvariantCulture);
    }
}
