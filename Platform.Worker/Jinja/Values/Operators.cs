using System.Numerics;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>Python's operators. Ints grow without bound, <c>/</c> of ints is a float, <c>//</c> and <c>%</c> round down.</summary>
internal static class Operators
{
    private const long MaxIntegerBits = 100_000;
    private static readonly string[] s_symbols = ["+", "-", "*", "/", "//", "%", "** or pow()"];

    public static Value Binary(RenderState state, BinaryOperator op, Value left, Value right)
    {
        if (left.FitsInt64 && right.FitsInt64 && left.TryGetInt64(out var a) && right.TryGetInt64(out var b))
        {
            return Integers(op, a, b);
        }

        if (left.IsNumber && right.IsNumber)
        {
            return Numbers(op, left, right);
        }

        if (left.IsString && op == BinaryOperator.Add && right.IsString)
        {
            return Concatenate(state, left, right);
        }

        if (left.IsString && op == BinaryOperator.Modulo)
        {
            return PercentFormat.Format(state, left, right);
        }

        if (op == BinaryOperator.Multiply && left.IsString && right.IsInteger)
        {
            return Repeat(state, left, right);
        }

        if (op == BinaryOperator.Multiply && left.IsInteger && right.IsString)
        {
            return Repeat(state, right, left);
        }

        if (left.Object is { } first && first.TryOperate(state, op, right, reflected: false, out var result))
        {
            return result;
        }

        if (right.Object is { } second && second.TryOperate(state, op, left, reflected: true, out result))
        {
            return result;
        }

        if (left.IsMissing || right.IsMissing)
        {
            throw new JinjaException(JinjaErrorKind.UndefinedError, "value is undefined");
        }

        throw Mismatch(op, left, right);
    }

    public static Value Negate(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean or ValueKind.Integer:
                return Value.From(-value.AsBigInteger());
            case ValueKind.Float:
                return -value.AsDouble();
            case ValueKind.Decimal:
                return -value.AsDecimal();
            default:
                return value.Object is { } jinja && jinja.TryNegate(out var result)
                    ? result
                    : throw new JinjaException(JinjaErrorKind.TypeError, $"bad operand type for unary -: '{value.TypeName}'");
        }
    }

    public static Value Plus(Value value) => value.Kind switch
    {
        ValueKind.Boolean => Value.From(value.AsBigInteger()),
        ValueKind.Integer or ValueKind.Float or ValueKind.Decimal => value,
        ValueKind.Undefined => value.As<UndefinedValue>() is { } undefined ? throw undefined.Error() : value,
        _ => throw new JinjaException(JinjaErrorKind.TypeError, $"bad operand type for unary +: '{value.TypeName}'"),
    };

    /// <summary>Orders two values; <paramref name="symbol"/> names the operator in the error when they have no order.</summary>
    public static int Compare(Value left, Value right, string symbol)
    {
        if (left.IsNumber && right.IsNumber)
        {
            return CompareNumbers(left, right);
        }

        if (left.IsString && right.IsString)
        {
            return CompareStrings(left.AsString(), right.AsString());
        }

        if (left.Object is { } first && first.TryCompare(right, out var order))
        {
            return order;
        }

        if (right.Object is { } second && second.TryCompare(left, out order))
        {
            return -order;
        }

        throw new JinjaException(
            JinjaErrorKind.TypeError,
            $"'{symbol}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'");
    }

    /// <summary><c>left &lt; right</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</summary>
    public static bool Ordered(Value left, Value right, string symbol)
    {
        if (left.As<SetValue>() is { } ours && right.As<SetValue>() is { } theirs)
        {
            return symbol switch
            {
                "<=" => ours.IsSubsetOf(theirs),
                "<" => ours.IsSubsetOf(theirs) && ours.Length < theirs.Length,
                ">=" => theirs.IsSubsetOf(ours),
                _ => theirs.IsSubsetOf(ours) && theirs.Length < ours.Length,
            };
        }

        if (left.IsNumber && right.IsNumber && (IsNaN(left) || IsNaN(right)))
        {
            return false;
        }

        var order = Compare(left, right, symbol);
        return symbol switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    /// <summary><c>item in container</c>.</summary>
    public static bool Contains(RenderState state, Value container, Value item)
    {
        if (container.TryGetString(out var text))
        {
            state.StepText(text.Length);
            return item.TryGetString(out var part)
                ? text.Contains(part, StringComparison.Ordinal)
                : item.As<UndefinedValue>() is { Behavior: UndefinedBehavior.Strict } undefined
                    ? throw undefined.Error()
                    : throw new JinjaException(
                        JinjaErrorKind.TypeError, $"'in <string>' requires string as left operand, not {item.TypeName}");
        }

        if (container.Object?.Contains(state, item) is { } known)
        {
            return known;
        }

        if (!container.IsIterable)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, $"argument of type '{container.TypeName}' is not iterable");
        }

        foreach (var element in container.Iterate())
        {
            state.Step();
            if (element.Equals(item))
            {
                return true;
            }
        }

        return false;
    }

    public static bool NumbersEqual(Value left, Value right) => left.FitsInt64 && right.FitsInt64
        ? left.TryGetInt64(out var a) && right.TryGetInt64(out var b) && a == b
        : !IsNaN(left) && !IsNaN(right) && CompareNumbers(left, right) == 0;

    public static int HashNumber(Value value)
    {
        var number = value.AsDouble();
        return number == Math.Truncate(number) && Math.Abs(number) < 9e18 ? ((long)number).GetHashCode() : number.GetHashCode();
    }

    private static bool IsNaN(Value value) => value.Kind == ValueKind.Float && double.IsNaN(value.AsDouble());

    private static Value Integers(BinaryOperator op, long a, long b)
    {
        switch (op)
        {
            case BinaryOperator.Add:
                var sum = unchecked(a + b);
                return ((a ^ sum) & (b ^ sum)) < 0 ? Value.From((BigInteger)a + b) : sum;
            case BinaryOperator.Subtract:
                var difference = unchecked(a - b);
                return ((a ^ b) & (a ^ difference)) < 0 ? Value.From((BigInteger)a - b) : difference;
            case BinaryOperator.Multiply:
                var high = Math.BigMul(a, b, out var low);
                return (high == 0 && low >= 0) || (high == -1 && low < 0) ? low : Value.From((BigInteger)a * b);
            case BinaryOperator.Divide:
                return b == 0 ? throw DivisionByZero("division by zero") : TrueDivide(a, b);
            case BinaryOperator.FloorDivide or BinaryOperator.Modulo when b == -1:
                return op == BinaryOperator.Modulo ? 0 : Value.From(-(BigInteger)a);
            case BinaryOperator.FloorDivide:
                return b == 0 ? throw DivisionByZero("integer division or modulo by zero") : (a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
            case BinaryOperator.Modulo:
                if (b == 0)
                {
                    throw DivisionByZero("integer modulo by zero");
                }

                var rest = a % b;
                return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
            default:
                return Power(a, b);
        }
    }

    private static double TrueDivide(BigInteger a, BigInteger b)
    {
        if (BigInteger.Abs(a) <= 1L << 53 && BigInteger.Abs(b) <= 1L << 53)
        {
            return (double)a / (double)b;
        }

        // Scale so that the quotient has 66 significant bits, then let the conversion round once.
        var shift = (int)(66 - (a.GetBitLength() - b.GetBitLength()));
        var quotient = shift >= 0 ? BigInteger.Divide(a << shift, b) : BigInteger.Divide(a, b << -shift);
        var result = Math.ScaleB((double)quotient, -shift);
        return double.IsInfinity(result)
            ? throw new JinjaException(JinjaErrorKind.OverflowError, "integer division result too large for a float")
            : result;
    }

    private static Value Power(BigInteger a, BigInteger b)
    {
        if (b.Sign < 0)
        {
            return a.IsZero
                ? throw DivisionByZero("0.0 cannot be raised to a negative power")
                : Math.Pow((double)a, (double)b);
        }

        if (a.IsZero || a.IsOne || a == BigInteger.MinusOne)
        {
            return b.IsZero ? 1 : a == BigInteger.MinusOne && b.IsEven ? 1 : Value.From(a);
        }

        return b * a.GetBitLength() > MaxIntegerBits
            ? throw new JinjaException(JinjaErrorKind.OverflowError, $"int power is too large: over {MaxIntegerBits} bits")
            : Value.From(BigInteger.Pow(a, (int)b));
    }

    private static Value Numbers(BinaryOperator op, Value left, Value right)
    {
        if (left.Kind == ValueKind.Decimal || right.Kind == ValueKind.Decimal)
        {
            return left.Kind == ValueKind.Float || right.Kind == ValueKind.Float
                ? throw Mismatch(op, left, right)
                : Decimals(op, ToDecimal(left), ToDecimal(right));
        }

        return left.Kind == ValueKind.Float || right.Kind == ValueKind.Float
            ? Floats(op, ToDouble(left), ToDouble(right))
            : BigIntegers(op, left.AsBigInteger(), right.AsBigInteger());
    }

    private static Value BigIntegers(BinaryOperator op, BigInteger a, BigInteger b)
    {
        switch (op)
        {
            case BinaryOperator.Add:
                return Value.From(a + b);
            case BinaryOperator.Subtract:
                return Value.From(a - b);
            case BinaryOperator.Multiply:
                return a.GetBitLength() + b.GetBitLength() > MaxIntegerBits
                    ? throw new JinjaException(JinjaErrorKind.OverflowError, $"int product is too large: over {MaxIntegerBits} bits")
                    : Value.From(a * b);
            case BinaryOperator.Power:
                return Power(a, b);
            case BinaryOperator.Divide:
                return b.IsZero ? throw DivisionByZero("division by zero") : TrueDivide(a, b);
            default:
                if (b.IsZero)
                {
                    throw DivisionByZero(op == BinaryOperator.Modulo ? "integer modulo by zero" : "integer division or modulo by zero");
                }

                var quotient = BigInteger.DivRem(a, b, out var rest);
                var down = !rest.IsZero && (rest.Sign < 0) != (b.Sign < 0);
                return op == BinaryOperator.Modulo ? Value.From(down ? rest + b : rest) : Value.From(down ? quotient - 1 : quotient);
        }
    }

    private static Value Floats(BinaryOperator op, double a, double b)
    {
        switch (op)
        {
            case BinaryOperator.Add:
                return a + b;
            case BinaryOperator.Subtract:
                return a - b;
            case BinaryOperator.Multiply:
                return a * b;
            case BinaryOperator.Divide:
                return b == 0 ? throw DivisionByZero("float division by zero") : a / b;
            case BinaryOperator.Power:
                return FloatPower(a, b);
            default:
                if (b == 0)
                {
                    throw DivisionByZero(op == BinaryOperator.Modulo ? "float modulo" : "float floor division by zero");
                }

                var rest = a % b;
                var quotient = (a - rest) / b;
                if (rest != 0)
                {
                    if ((b < 0) != (rest < 0))
                    {
                        rest += b;
                        quotient -= 1;
                    }
                }
                else
                {
                    rest = Math.CopySign(0.0, b);
                }

                if (op == BinaryOperator.Modulo)
                {
                    return rest;
                }

                if (quotient == 0)
                {
                    return Math.CopySign(0.0, a / b);
                }

                var floor = Math.Floor(quotient);
                return quotient - floor > 0.5 ? floor + 1 : floor;
        }
    }

    private static Value FloatPower(double a, double b)
    {
        if (a == 0 && b < 0)
        {
            throw DivisionByZero("0.0 cannot be raised to a negative power");
        }

        if (a < 0 && b != Math.Floor(b) && !double.IsInfinity(b))
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "a negative number to a fractional power is a complex number");
        }

        var result = Math.Pow(a, b);
        return double.IsInfinity(result) && !double.IsInfinity(a) && !double.IsInfinity(b)
            ? throw new JinjaException(JinjaErrorKind.OverflowError, "(34, 'Numerical result out of range')")
            : result;
    }

    private static Value Decimals(BinaryOperator op, decimal a, decimal b)
    {
        try
        {
            return op switch
            {
                BinaryOperator.Add => a + b,
                BinaryOperator.Subtract => a - b,
                BinaryOperator.Multiply => a * b,
                BinaryOperator.Divide => b == 0 ? throw DecimalByZero("DivisionByZero") : DivideDecimals(a, b),
                BinaryOperator.FloorDivide => b == 0 ? throw DecimalByZero("DivisionByZero") : decimal.Truncate(a / b),
                BinaryOperator.Modulo => b == 0 ? throw DecimalByZero("InvalidOperation") : a % b,
                _ => DecimalPower(a, b),
            };
        }
        catch (OverflowException)
        {
            throw new JinjaException(JinjaErrorKind.OverflowError, "decimal result has more than 28 digits before the point");
        }
    }

    /// <summary>Python keeps no zeros that the division itself made, beyond the ideal exponent.</summary>
    private static decimal DivideDecimals(decimal a, decimal b)
    {
        var result = a / b;
        var ideal = Math.Max(0, a.Scale - b.Scale);
        while (result.Scale > ideal && decimal.Round(result, result.Scale - 1) == result)
        {
            result = decimal.Round(result, result.Scale - 1);
        }

        return result;
    }

    private static decimal DecimalPower(decimal a, decimal b)
    {
        if (b != decimal.Truncate(b) || Math.Abs(b) > 10_000)
        {
            return (decimal)Math.Pow((double)a, (double)b);
        }

        var result = 1m;
        for (var i = 0; i < Math.Abs(b); i++)
        {
            result *= a;
        }

        return b < 0 ? DivideDecimals(1m, result) : result;
    }

    private static int CompareNumbers(Value left, Value right)
    {
        if (left.IsInteger && right.IsInteger)
        {
            return left.AsBigInteger().CompareTo(right.AsBigInteger());
        }

        if (left.Kind == ValueKind.Float || right.Kind == ValueKind.Float)
        {
            var a = left.AsDouble();
            var b = right.AsDouble();
            return a.CompareTo(b) is var rough && (rough != 0 || double.IsInfinity(a) || !left.IsInteger && !right.IsInteger)
                ? rough
                : Exact(left).CompareTo(Exact(right));
        }

        return (left.IsInteger ? (decimal?)TryDecimal(left) : left.AsDecimal()) is { } x
            && (right.IsInteger ? TryDecimal(right) : right.AsDecimal()) is { } y
            ? x.CompareTo(y)
            : left.AsDouble().CompareTo(right.AsDouble());
    }

    /// <summary>An integral number beyond 2^53 compares exactly with an int.</summary>
    private static BigInteger Exact(Value value) => value.IsInteger ? value.AsBigInteger() : new BigInteger(value.AsDouble());

    private static decimal? TryDecimal(Value value)
    {
        var integer = value.AsBigInteger();
        return BigInteger.Abs(integer) <= (BigInteger)decimal.MaxValue ? (decimal)integer : null;
    }

    /// <summary>By code point: UTF-16 order differs above U+FFFF.</summary>
    private static int CompareStrings(string left, string right)
    {
        for (var i = 0; i < left.Length && i < right.Length; i++)
        {
            if (left[i] != right[i])
            {
                var a = char.IsSurrogate(left[i]);
                return a == char.IsSurrogate(right[i]) ? left[i].CompareTo(right[i]) : a ? 1 : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static Value Concatenate(RenderState state, Value left, Value right)
    {
        var size = (long)left.AsString().Length + right.AsString().Length;
        state.CheckSize(size);
        state.StepText(size);
        if (!left.IsMarkup && !right.IsMarkup)
        {
            return left.AsString() + right.AsString();
        }

        return Value.Markup(Html.Escape(left) + Html.Escape(right));
    }

    private static Value Repeat(RenderState state, Value text, Value times)
    {
        var count = times.TryGetInt64(out var n) ? Math.Max(0, n) : times.AsBigInteger().Sign < 0 ? 0 : long.MaxValue;
        state.CheckSize(text.AsString().Length, count);
        var unit = text.AsString();
        if (unit.Length == 0)
        {
            return text;
        }

        var result = new System.Text.StringBuilder(unit.Length * (int)count).Insert(0, unit, (int)count).ToString();
        return text.IsMarkup ? Value.Markup(result) : result;
    }

    private static double ToDouble(Value value)
    {
        var number = value.AsDouble();
        return double.IsInfinity(number) && value.IsInteger
            ? throw new JinjaException(JinjaErrorKind.OverflowError, "int too large to convert to float")
            : number;
    }

    private static decimal ToDecimal(Value value) => value.Kind == ValueKind.Decimal
        ? value.AsDecimal()
        : TryDecimal(value) ?? throw new JinjaException(JinjaErrorKind.OverflowError, "int too large to convert to decimal");

    private static JinjaException DivisionByZero(string message) => new(JinjaErrorKind.ZeroDivisionError, message);

    private static JinjaException DecimalByZero(string name) =>
        new(JinjaErrorKind.ZeroDivisionError, $"[<class 'decimal.{name}'>]");

    private static JinjaException Mismatch(BinaryOperator op, Value left, Value right)
    {
        if (op == BinaryOperator.Add && left.IsString)
        {
            return new(JinjaErrorKind.TypeError, $"can only concatenate str (not \"{right.TypeName}\") to str");
        }

        if (op == BinaryOperator.Add && left.Kind is ValueKind.List or ValueKind.Tuple && op == BinaryOperator.Add)
        {
            return new(
                JinjaErrorKind.TypeError, $"can only concatenate {left.TypeName} (not \"{right.TypeName}\") to {left.TypeName}");
        }

        if (op == BinaryOperator.Multiply
            && (left.Kind is ValueKind.String or ValueKind.List or ValueKind.Tuple || right.Kind is ValueKind.String or ValueKind.List or ValueKind.Tuple))
        {
            var other = left.Kind is ValueKind.String or ValueKind.List or ValueKind.Tuple ? right : left;
            return new(JinjaErrorKind.TypeError, $"can't multiply sequence by non-int of type '{other.TypeName}'");
        }

        return new(
            JinjaErrorKind.TypeError,
            $"unsupported operand type(s) for {s_symbols[(int)op]}: '{left.TypeName}' and '{right.TypeName}'");
    }
}
