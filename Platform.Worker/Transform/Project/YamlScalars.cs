using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Project;

/// <summary>The type of a plain scalar by YAML 1.1, as PyYAML resolves it: <c>yes</c> is a bool, <c>010</c> is eight.</summary>
internal static partial class YamlScalars
{
    private static readonly object True = true;
    private static readonly object False = false;

    public static object? Typed(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        switch (text[0])
        {
            case '~' or 'n' or 'N' or 't' or 'T' or 'f' or 'F' or 'y' or 'Y' or 'o' or 'O':
                return Word(text);
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return Number(text);
            default:
                return text;
        }
    }

    private static object? Word(string text) => text switch
    {
        "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => True,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => False,
        _ => text,
    };

    private static object Number(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var plain) && !HasLeadingZero(text))
        {
            return plain;
        }

        // Addresses and versions are no numbers, and common.
        if (text.IndexOf('.', StringComparison.Ordinal) != text.LastIndexOf('.'))
        {
            return text;
        }

        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var negative = digits.StartsWith('-');
        var unsigned = digits.TrimStart('+', '-');
        if (Integer().IsMatch(text) && long.TryParse(digits, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (Float().IsMatch(text) && double.TryParse(digits, CultureInfo.InvariantCulture, out var real))
        {
            return real;
        }

        if (OtherBase().IsMatch(text))
        {
            var magnitude = unsigned switch
            {
                ['0', 'x', .. var hex] => Convert.ToInt64(hex, 16),
                ['0', 'b', .. var bits] => Convert.ToInt64(bits, 2),
                _ => Convert.ToInt64(unsigned, 8),
            };
            return negative ? -magnitude : magnitude;
        }

        if (Sexagesimal().IsMatch(text))
        {
            var total = unsigned.Split(':').Aggregate(0L, (sum, part) => (sum * 60) + long.Parse(part, CultureInfo.InvariantCulture));
            return negative ? -total : total;
        }

        return text.TrimStart('+', '-').ToUpperInvariant() switch
        {
            ".INF" => negative ? double.NegativeInfinity : double.PositiveInfinity,
            ".NAN" when text[0] == '.' => double.NaN,
            _ => text,
        };
    }

    private static bool HasLeadingZero(string text)
    {
        var digits = text.AsSpan().TrimStart("+-");
        return digits.Length > 1 && digits[0] == '0';
    }

    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9_]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9_]+([eE][-+][0-9]+)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Float();

    [GeneratedRegex(@"^[-+]?(0[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex OtherBase();

    [GeneratedRegex(@"^[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+$", RegexOptions.CultureInvariant)]
    private static partial Regex Sexagesimal();
}
