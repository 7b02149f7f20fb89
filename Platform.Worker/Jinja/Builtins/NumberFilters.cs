using System.Globalization;
using System.Numerics;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Filters over numbers.</summary>
internal static class NumberFilters
{
    private static readonly string[] s_binary = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];
    private static readonly string[] s_decimal = ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];

    public static Value Abs(RenderState state, Value input, Arguments arguments) => input.Kind switch
    {
        ValueKind.Boolean or ValueKind.Integer => Value.From(BigInteger.Abs(input.AsBigInteger())),
        ValueKind.Float => Math.Abs(input.AsDouble()),
        ValueKind.Decimal => Math.Abs(input.AsDecimal()),
        _ => throw Undefined(input) ?? new JinjaException(JinjaErrorKind.TypeError, $"bad operand type for abs(): '{input.TypeName}'"),
    };

    public static Value ToInteger(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("int");
        var fallback = reader.Optional("default", 0);
        var radix = reader.OptionalInteger("base", 10);
        reader.Finish();
        if (input.TryGetString(out var text))
        {
            if (Numbers.TryParseInteger(text, (int)radix, out var parsed))
            {
                return Value.From(parsed);
            }

            return Numbers.TryParseFloat(text, out var number) && double.IsFinite(number) ? Value.From(new BigInteger(number)) : fallback;
        }

        if (input.IsNumber)
        {
            return input.Kind == ValueKind.Float && !double.IsFinite(input.AsDouble())
                ? double.IsNaN(input.AsDouble()) ? fallback : throw new JinjaException(JinjaErrorKind.OverflowError, "cannot convert float infinity to integer")
                : Value.From(Numbers.Truncate(input));
        }

        return Undefined(input) is { } error ? throw error : fallback;
    }

    public static Value ToFloat(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("float");
        var fallback = reader.Optional("default", 0.0);
        reader.Finish();
        if (input.TryGetString(out var text))
        {
            return Numbers.TryParseFloat(text, out var number) ? number : fallback;
        }

        return input.IsNumber ? input.AsDouble() : Undefined(input) is { } error ? throw error : fallback;
    }

    public static Value Round(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("round");
        var precision = reader.OptionalInteger("precision", 0);
        var method = reader.OptionalString("method", "common");
        reader.Finish();
        if (method is not ("common" or "ceil" or "floor"))
        {
            throw new JinjaException(JinjaErrorKind.FilterArgumentError, "method must be common, ceil or floor");
        }

        if (!input.IsNumber)
        {
            throw Undefined(input)
                ?? new JinjaException(JinjaErrorKind.TypeError, $"type {input.TypeName} doesn't define __round__ method");
        }

        var digits = (int)Math.Clamp(precision, -1000, 1000);
        if (method != "common")
        {
            var scale = Math.Pow(10, digits);
            var scaled = input.AsDouble() * scale;
            return (method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / scale;
        }

        return input.Kind switch
        {
            ValueKind.Float => Numbers.Round(input.AsDouble(), digits),
            ValueKind.Decimal => RoundDecimal(input.AsDecimal(), digits),
            _ => Value.From(RoundInteger(input.AsBigInteger(), digits)),
        };
    }

    public static Value Sum(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("sum");
        var attribute = reader.Optional("attribute", Value.None);
        var total = reader.Optional("start", 0);
        reader.Finish();
        var getter = AttributePath.Parse(attribute);
        foreach (var item in SequenceFilters.Iterate(input))
        {
            state.Step();
            total = Operators.Binary(state, BinaryOperator.Add, total, getter.Get(state, item));
        }

        return total;
    }

    public static Value FileSize(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("filesizeformat");
        var binary = reader.OptionalBoolean("binary", false);
        reader.Finish();
        var bytes = input.IsNumber ? input.AsDouble()
            : input.TryGetString(out var text) && Numbers.TryParseFloat(text, out var parsed) ? parsed
            : throw Undefined(input) ?? new JinjaException(
                JinjaErrorKind.ValueError, $"could not convert string to float: {input.Repr()}");
        double unit = binary ? 1024 : 1000;
        if (bytes == 1)
        {
            return "1 Byte";
        }

        if (bytes < unit)
        {
            return $"{((long)bytes).ToString(CultureInfo.InvariantCulture)} Bytes";
        }

        var names = binary ? s_binary : s_decimal;
        var index = 0;
        var size = bytes / unit;
        while (size >= unit && index < names.Length - 1)
        {
            size /= unit;
            index++;
        }

        return $"{Numbers.Fixed(size, 1)} {names[index]}";
    }

    private static decimal RoundDecimal(decimal value, int digits)
    {
        if (digits >= 0)
        {
            var places = Math.Min(28, digits);
            return decimal.Round(value, places, MidpointRounding.ToEven) + new decimal(0, 0, 0, false, (byte)places);
        }

        var scale = (decimal)Math.Pow(10, Math.Min(28, -digits));
        return decimal.Round(value / scale, MidpointRounding.ToEven) * scale;
    }

    private static BigInteger RoundInteger(BigInteger value, int digits)
    {
        if (digits >= 0)
        {
            return value;
        }

        var scale = BigInteger.Pow(10, -digits);
        var quotient = BigInteger.DivRem(BigInteger.Abs(value), scale, out var rest);
        var twice = rest * 2;
        quotient += twice > scale || (twice == scale && !quotient.IsEven) ? 1 : 0;
        return value.Sign * quotient * scale;
    }

    private static JinjaException? Undefined(Value input) => input.As<UndefinedValue>()?.Error();
}
