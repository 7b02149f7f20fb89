using System.Globalization;
using System.Numerics;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Python's <c>text % values</c>.</summary>
internal static class PercentFormat
{
    public static Value Format(RenderState state, Value format, Value values)
    {
        var text = format.AsString();
        var tuple = values.As<TupleValue>()?.Items;
        var next = 0;
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            Value? keyed = null;
            if (i < text.Length && text[i] == '(')
            {
                keyed = Keyed(state, text, values, ref i);
            }

            var (left, zero, plus, blank, alternate) = (false, false, false, false, false);
            for (; i < text.Length && "-0+ #".Contains(text[i], StringComparison.Ordinal); i++)
            {
                left |= text[i] == '-';
                zero |= text[i] == '0';
                plus |= text[i] == '+';
                blank |= text[i] == ' ';
                alternate |= text[i] == '#';
            }

            var width = Size(ref i) ?? 0;
            if (width < 0)
            {
                (left, width) = (true, -width);
            }

            int? precision = null;
            if (i < text.Length && text[i] == '.')
            {
                i++;
                precision = Size(ref i) ?? 0;
            }

            while (i < text.Length && text[i] is 'h' or 'l' or 'L')
            {
                i++;
            }

            if (i >= text.Length)
            {
                throw new JinjaException(JinjaErrorKind.ValueError, "incomplete format");
            }

            if (text[i] == '%')
            {
                result.Append('%');
                continue;
            }

            state.CheckSize(Math.Max(width, precision ?? 0));
            var conversion = text[i];
            if (!"diuoxXeEfFgGcrsa".Contains(conversion, StringComparison.Ordinal))
            {
                throw new JinjaException(
                    JinjaErrorKind.ValueError,
                    $"unsupported format character '{conversion}' (0x{((int)conversion).ToString("x", CultureInfo.InvariantCulture)}) at index {i}");
            }

            var value = keyed ?? Take();
            var isText = conversion is 's' or 'r' or 'a' or 'c';
            var spec = new FormatSpec
            {
                Fill = zero && !left && !isText ? "0" : " ",
                Align = left ? '<' : zero && !isText ? '=' : '>',
                Sign = plus ? '+' : blank ? ' ' : '-',
                Alternate = alternate,
                Width = width,
                Precision = precision,
                Type = conversion is 'i' or 'u' ? 'd' : conversion,
            };
            result.Append(Convert(spec, conversion, value));
            state.CheckSize(result.Length);
        }

        if (tuple is null ? next == 0 && !IsMapping(values) : next < tuple.Length)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, "not all arguments converted during string formatting");
        }

        return format.IsMarkup ? Value.Markup(result.ToString()) : result.ToString();

        Value Take()
        {
            if (tuple is null ? next++ > 0 : next >= tuple.Length)
            {
                throw new JinjaException(JinjaErrorKind.TypeError, "not enough arguments for format string");
            }

            return tuple is null ? values : tuple[next++];
        }

        int? Size(ref int position)
        {
            if (position < text.Length && text[position] == '*')
            {
                position++;
                return Take().TryGetInt64(out var given) && Math.Abs(given) < int.MaxValue
                    ? (int)given
                    : throw new JinjaException(JinjaErrorKind.TypeError, "* wants int");
            }

            var start = position;
            while (position < text.Length && char.IsAsciiDigit(text[position]))
            {
                position++;
            }

            return start == position
                ? null
                : int.TryParse(text.AsSpan(start, position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                    ? size
                    : throw new JinjaException(JinjaErrorKind.ValueError, "width too big");
        }
    }

    private static bool IsMapping(Value values) => values.Kind is ValueKind.Dict or ValueKind.List || values.Object is { IsMapping: true };

    private static Value Keyed(RenderState state, string text, Value values, ref int i)
    {
        var close = text.IndexOf(')', i);
        if (close < 0)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "incomplete format key");
        }

        var key = text[(i + 1)..close];
        i = close + 1;
        if (values.Object is not { IsMapping: true } mapping)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, "format requires a mapping");
        }

        return mapping.TryGetItem(state, key, out var value)
            ? value
            : throw new JinjaException(JinjaErrorKind.KeyError, PythonString.Repr(key));
    }

    private static string Convert(FormatSpec spec, char conversion, Value value)
    {
        switch (conversion)
        {
            case 's':
                return (spec with { Type = 's' }).FormatText(value.ToString());
            case 'r' or 'a':
                return (spec with { Type = 's' }).FormatText(value.Repr());
            case 'c':
                var character = value.TryGetString(out var text) && PythonString.Length(text) == 1
                    ? text
                    : value.TryGetInt64(out var code) && code is >= 0 and < 0x110000
                        ? char.ConvertFromUtf32((int)code)
                        : value.IsInteger
                            ? throw new JinjaException(JinjaErrorKind.OverflowError, "%c arg not in range(0x110000)")
                            : throw new JinjaException(JinjaErrorKind.TypeError, "%c requires int or char");
                return (spec with { Type = 's', Precision = null }).FormatText(character);
            case 'd' or 'i' or 'u' or 'o' or 'x' or 'X':
                return Integer(spec, conversion, value);
            default:
                return value.As<UndefinedValue>() is { } undefined
                    ? throw undefined.Error()
                    : value.IsNumber
                        ? spec.FormatFloat(value.AsDouble())
                        : throw new JinjaException(JinjaErrorKind.TypeError, $"must be real number, not {value.TypeName}");
        }
    }

    private static string Integer(FormatSpec spec, char conversion, Value value)
    {
        if (!value.IsInteger && !(value.IsNumber && conversion is 'd' or 'i' or 'u'))
        {
            throw value.As<UndefinedValue>()?.Error() ?? new JinjaException(
                JinjaErrorKind.TypeError,
                conversion is 'd' or 'i' or 'u'
                    ? $"%{conversion} format: a real number is required, not {value.TypeName}"
                    : $"%{conversion} format: an integer is required, not {value.TypeName}");
        }

        var integer = Numbers.Truncate(value);
        if (spec.Precision is { } digits)
        {
            var text = BigInteger.Abs(integer).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            var sign = integer.Sign < 0 ? "-" : spec.Sign == '-' ? string.Empty : spec.Sign.ToString();
            return (spec with { Type = 's', Precision = null, Align = spec.Align == '=' ? '>' : spec.Align }).FormatText(sign + text);
        }

        return spec.FormatInteger(integer);
    }
}
