using System.Globalization;
using System.Text;

namespace Platform.Worker.Jinja.Values;

/// <summary>Numbers as Python prints them.</summary>
internal static class NumberText
{
    /// <summary>Python's <c>repr(float)</c>: the shortest digits that read back, an exponent from 1e16 and below 1e-4.</summary>
    public static string Float(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        var (negative, digits, exponent) = Shortest(value);
        var text = new StringBuilder();
        if (negative)
        {
            text.Append('-');
        }

        if (exponent is < -4 or >= 16)
        {
            text.Append(digits[0]);
            if (digits.Length > 1)
            {
                text.Append('.').Append(digits, 1, digits.Length - 1);
            }

            return text.Append('e').Append(exponent < 0 ? '-' : '+')
                .Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)).ToString();
        }

        if (exponent < 0)
        {
            return text.Append("0.").Append('0', -exponent - 1).Append(digits).ToString();
        }

        if (digits.Length <= exponent + 1)
        {
            return text.Append(digits).Append('0', exponent + 1 - digits.Length).Append(".0").ToString();
        }

        return text.Append(digits, 0, exponent + 1).Append('.').Append(digits, exponent + 1, digits.Length - exponent - 1).ToString();
    }

    /// <summary>Python's <c>str(Decimal)</c>: the scale is kept; very small numbers get an exponent.</summary>
    public static string Decimal(decimal value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        var scale = value.Scale;
        if (scale <= 6)
        {
            return text;
        }

        var digits = text.Replace("-", string.Empty, StringComparison.Ordinal).Replace(".", string.Empty, StringComparison.Ordinal)
            .TrimStart('0');
        digits = digits.Length == 0 ? "0" : digits;
        var adjusted = digits.Length - 1 - scale;
        if (adjusted >= -6)
        {
            return text;
        }

        var sign = decimal.IsNegative(value) ? "-" : string.Empty;
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return $"{sign}{mantissa}E{adjusted.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Sign, significant digits and decimal exponent of the first digit.</summary>
    internal static (bool Negative, string Digits, int Exponent) Shortest(double value)
    {
        var negative = double.IsNegative(value);
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var exponent = 0;
        var e = text.IndexOf('E', StringComparison.Ordinal);
        if (e >= 0)
        {
            exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        exponent += (point < 0 ? text.Length : point) - 1;
        var digits = point < 0 ? text : text.Remove(point, 1);
        var leading = 0;
        while (leading < digits.Length - 1 && digits[leading] == '0')
        {
            leading++;
        }

        digits = digits[leading..].TrimEnd('0');
        return digits.Length == 0 ? (negative, "0", 0) : (negative, digits, exponent - leading);
    }
}
