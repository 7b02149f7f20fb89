using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>The attributes and methods of Python's numbers that make sense in a template.</summary>
internal static class NumberMethods
{
    public static bool TryBind(Value self, string name, out Value value)
    {
        value = name switch
        {
            "real" => self.IsInteger ? Value.From(self.AsBigInteger()) : self,
            "imag" => self.Kind switch { ValueKind.Float => 0.0, ValueKind.Decimal => 0m, _ => 0 },
            "numerator" when self.IsInteger => Value.From(self.AsBigInteger()),
            "denominator" when self.IsInteger => 1,
            "bit_length" when self.IsInteger => Function(name, _ => (long)System.Numerics.BigInteger.Abs(self.AsBigInteger()).GetBitLength()),
            "is_integer" => Function(name, _ => IsWhole(self)),
            "conjugate" => Function(name, _ => self),
            "as_integer_ratio" when self.IsInteger => Function(name, _ => new TupleValue(Value.From(self.AsBigInteger()), 1)),
            "is_nan" when self.Kind == ValueKind.Decimal => Function(name, _ => false),
            "is_zero" when self.Kind == ValueKind.Decimal => Function(name, _ => self.AsDecimal() == 0),
            "normalize" when self.Kind == ValueKind.Decimal => Function(name, _ => self.AsDecimal() / 1.0000000000000000000000000000m),
            "as_tuple" when self.Kind == ValueKind.Decimal => Function(name, _ => Digits(self.AsDecimal())),
            "quantize" when self.Kind == ValueKind.Decimal => Function(name, arguments => Quantize(self.AsDecimal(), arguments)),
            _ => default,
        };
        return !value.IsMissing;
    }

    private static Value Function(string name, Func<Arguments, Value> body) => new HostFunction(name, (_, arguments) => body(arguments));

    private static bool IsWhole(Value self) => self.Kind switch
    {
        ValueKind.Float => double.IsFinite(self.AsDouble()) && self.AsDouble() == Math.Floor(self.AsDouble()),
        ValueKind.Decimal => self.AsDecimal() == decimal.Truncate(self.AsDecimal()),
        _ => true,
    };

    /// <summary>Sign, digits and exponent.</summary>
    private static TupleValue Digits(decimal value)
    {
        var digits = NumberText.Decimal(Math.Abs(value)).Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        return new TupleValue([
            decimal.IsNegative(value) ? 1 : 0, new TupleValue([.. (digits.Length == 0 ? "0" : digits).Select(digit => Value.From((long)(digit - '0')))]), -(long)value.Scale]);
    }

    private static Value Quantize(decimal value, Arguments arguments)
    {
        var reader = arguments.Read("quantize");
        var scale = reader.Required("exp");
        reader.Finish();
        if (scale.Kind != ValueKind.Decimal)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, $"quantize() needs a Decimal, not {scale.TypeName}");
        }

        // Adding a zero of that scale pads; rounding cuts.
        var digits = scale.AsDecimal().Scale;
        return decimal.Round(value, digits, MidpointRounding.ToEven) + new decimal(0, 0, 0, false, digits);
    }
}
