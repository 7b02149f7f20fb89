using System.Globalization;
using System.Numerics;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Python's format specification: <c>[[fill]align][sign][#][0][width][,][.precision][type]</c>.</summary>
internal readonly record struct FormatSpec
{
    public string Fill { get; init; }

    /// <summary><c>&lt;</c>, <c>&gt;</c>, <c>^</c>, <c>=</c>, or the null character for the type's own.</summary>
    public char Align { get; init; }

    public char Sign { get; init; }

    public bool Alternate { get; init; }

    public int Width { get; init; }

    public char Grouping { get; init; }

    public int? Precision { get; init; }

    public char Type { get; init; }

    public static FormatSpec Parse(RenderState state, string text, string typeName)
    {
        var at = 0;
        var fill = " ";
        var align = '\0';
        if (text.Length > 1 && "<>^=".Contains(text[1], StringComparison.Ordinal))
        {
            (fill, align, at) = (text[..1], text[1], 2);
        }
        else if (text.Length > 0 && "<>^=".Contains(text[0], StringComparison.Ordinal))
        {
            (align, at) = (text[0], 1);
        }

        var sign = at < text.Length && "+- ".Contains(text[at], StringComparison.Ordinal) ? text[at++] : '-';
        var alternate = at < text.Length && text[at] == '#';
        at += alternate ? 1 : 0;
        if (at < text.Length && text[at] == '0')
        {
            at++;
            if (align == '\0')
            {
                (fill, align) = ("0", '=');
            }
        }

        var width = Number(ref at);
        var grouping = at < text.Length && text[at] is ',' or '_' ? text[at++] : '\0';
        int? precision = null;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            precision = Number(ref at) ?? throw new JinjaException(JinjaErrorKind.ValueError, "Format specifier missing precision");
        }

        var type = at < text.Length ? text[at++] : '\0';
        if (at < text.Length)
        {
            throw new JinjaException(
                JinjaErrorKind.ValueError, $"Invalid format specifier '{text}' for object of type '{typeName}'");
        }

        state.CheckSize(Math.Max(width ?? 0, precision ?? 0));
        return new FormatSpec
        {
            Fill = fill, Align = align, Sign = sign, Alternate = alternate, Width = width ?? 0, Grouping = grouping,
            Precision = precision, Type = type,
        };

        int? Number(ref int position)
        {
            var start = position;
            while (position < text.Length && char.IsAsciiDigit(text[position]))
            {
                position++;
            }

            return position == start
                ? null
                : int.TryParse(text.AsSpan(start, position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new JinjaException(JinjaErrorKind.ValueError, "Too many decimal digits in format string");
        }
    }

    /// <summary>Python's <c>format(value, spec)</c>.</summary>
    public static string Format(RenderState state, Value value, string specification)
    {
        if (specification.Length == 0)
        {
            return value.ToString();
        }

        if (value.Kind is not (ValueKind.String or ValueKind.Boolean or ValueKind.Integer or ValueKind.Float or ValueKind.Decimal))
        {
            if (value.As<UndefinedValue>() is { } undefined)
            {
                return undefined.ToString();
            }

            throw new JinjaException(JinjaErrorKind.TypeError, $"unsupported format string passed to {value.TypeName}.__format__");
        }

        var spec = Parse(state, specification, value.TypeName);
        if (value.TryGetString(out var text))
        {
            if (spec is { Type: '\0' or 's' } and ({ Sign: not '-' } or { Grouping: not '\0' }))
            {
                throw new JinjaException(
                    JinjaErrorKind.ValueError, spec.Sign != '-' ? "Sign not allowed in string format specifier" : $"Cannot specify '{spec.Grouping}' with 's'.");
            }

            return spec.FormatText(text);
        }

        return value.IsInteger && "\0bcdoxXn".Contains(spec.Type, StringComparison.Ordinal)
            ? spec.FormatInteger(value.AsBigInteger())
            : "\0eEfFgGn%".Contains(spec.Type, StringComparison.Ordinal)
                ? spec.FormatFloat(value)
                : throw spec.UnknownType(value.TypeName);
    }

    public string FormatText(string text)
    {
        if (Type is not ('\0' or 's'))
        {
            throw UnknownType("str");
        }

        if (Align == '=')
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "'=' alignment not allowed in string format specifier");
        }

        return Pad(Precision is { } limit && limit < PythonString.Length(text) ? PythonString.Take(text, limit) : text, string.Empty, '<');
    }

    public string FormatInteger(BigInteger value)
    {
        if (Precision is not null)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "Precision not allowed in integer format specifier");
        }

        var magnitude = BigInteger.Abs(value);
        var (digits, prefix) = Type switch
        {
            'b' => (ToBase(magnitude, 1), "0b"),
            'o' => (ToBase(magnitude, 3), "0o"),
            'x' => (ToBase(magnitude, 4), "0x"),
            'X' => (ToBase(magnitude, 4).ToUpperInvariant(), "0X"),
            'c' => (value >= 0 && value < 0x110000
                ? char.ConvertFromUtf32((int)value)
                : throw new JinjaException(JinjaErrorKind.OverflowError, "%c arg not in range(0x110000)"), string.Empty),
            _ => (magnitude.ToString(CultureInfo.InvariantCulture), string.Empty),
        };
        var groups = Type is 'b' or 'o' or 'x' or 'X' ? 4 : 3;
        return Number(value.Sign < 0, Alternate ? prefix : string.Empty, digits, string.Empty, groups);
    }

    public string FormatFloat(Value value)
    {
        if (value.Kind == ValueKind.Decimal && Type is '\0' or 'f' or 'F' or '%')
        {
            return FormatDecimal(value.AsDecimal());
        }

        var number = value.AsDouble();
        if (!double.IsFinite(number))
        {
            var word = double.IsNaN(number) ? "nan" : "inf";
            return Number(number < 0, string.Empty, char.IsUpper(Type) ? word.ToUpperInvariant() : word, string.Empty, 0);
        }

        var text = Type switch
        {
            'f' or 'F' => Numbers.Fixed(Math.Abs(number), Precision ?? 6),
            '%' => Numbers.Fixed(Math.Abs(number) * 100, Precision ?? 6) + "%",
            'e' or 'E' => Exponent(Math.Abs(number), Precision ?? 6),
            'g' or 'G' or 'n' => General(Math.Abs(number), Math.Max(1, Precision ?? 6)),
            _ when Precision is { } precision => WithPoint(General(Math.Abs(number), Math.Max(1, precision))),
            _ => NumberText.Float(Math.Abs(number)),
        };
        text = Type is 'E' or 'G' ? text.ToUpperInvariant() : text;
        var end = 0;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return Number(double.IsNegative(number), string.Empty, text[..end], text[end..], 3);
    }

    private static string WithPoint(string text) => text.All(char.IsAsciiDigit) ? text + ".0" : text;

    private static string Exponent(double magnitude, int precision)
    {
        var text = magnitude.ToString("E" + Math.Min(precision, 1000).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return $"{text[..e]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private string General(double magnitude, int precision)
    {
        if (magnitude == 0)
        {
            return "0";
        }

        var scientific = Exponent(magnitude, precision - 1);
        var e = scientific.IndexOf('e', StringComparison.Ordinal);
        var exponent = int.Parse(scientific.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= (Type == '\0' ? Math.Max(precision, 1) : precision))
        {
            var mantissa = scientific[..e];
            mantissa = !Alternate && mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.TrimEnd('0').TrimEnd('.') : mantissa;
            return mantissa + scientific[e..];
        }

        var text = Numbers.Fixed(magnitude, Math.Max(0, precision - 1 - exponent));
        return !Alternate && text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    private string FormatDecimal(decimal value)
    {
        var magnitude = Math.Abs(Type == '%' ? value * 100 : value);
        var text = NumberText.Decimal(magnitude);
        if (Type != '\0' || Precision is not null)
        {
            var digits = Precision ?? magnitude.Scale;
            var rounded = decimal.Round(magnitude, Math.Min(28, digits), MidpointRounding.ToEven);
            text = rounded.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        point = point < 0 ? text.Length : point;
        return Number(value < 0, string.Empty, text[..point], text[point..] + (Type == '%' ? "%" : string.Empty), 3);
    }

    private string Number(bool negative, string prefix, string digits, string rest, int groupSize)
    {
        var sign = (negative ? "-" : Sign == '-' ? string.Empty : Sign.ToString()) + prefix;
        if (Grouping != '\0' && groupSize > 0)
        {
            var minimum = Align == '=' && Fill == "0" ? Width - sign.Length - rest.Length : 0;
            digits = Group(digits, groupSize, minimum);
        }

        return Pad(digits + rest, sign, '>');
    }

    private string Group(string digits, int size, int minimum)
    {
        while (digits.Length + ((digits.Length - 1) / size) < minimum)
        {
            digits = "0" + digits;
        }

        var result = new StringBuilder(digits.Length * 2);
        for (var i = 0; i < digits.Length; i++)
        {
            if (i > 0 && (digits.Length - i) % size == 0)
            {
                result.Append(Grouping);
            }

            result.Append(digits[i]);
        }

        return result.ToString();
    }

    private string Pad(string text, string sign, char natural)
    {
        var missing = Width - PythonString.Length(text) - sign.Length;
        if (missing <= 0)
        {
            return sign + text;
        }

        var padding = Fill[0];
        return (Align == '\0' ? natural : Align) switch
        {
            '<' => sign + text + new string(padding, missing),
            '>' => new string(padding, missing) + sign + text,
            '=' => sign + new string(padding, missing) + text,
            _ => new string(padding, missing / 2) + sign + text + new string(padding, missing - (missing / 2)),
        };
    }

    private static string ToBase(BigInteger value, int bits)
    {
        if (value.IsZero)
        {
            return "0";
        }

        var result = new StringBuilder();
        for (var mask = (1 << bits) - 1; !value.IsZero; value >>= bits)
        {
            result.Insert(0, "0123456789abcdef"[(int)(value & mask)]);
        }

        return result.ToString();
    }

    private JinjaException UnknownType(string typeName) => new(
        JinjaErrorKind.ValueError, $"Unknown format code '{Type}' for object of type '{typeName}'");
}
