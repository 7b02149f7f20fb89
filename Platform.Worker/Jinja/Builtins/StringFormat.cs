using System.Globalization;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Python's <c>str.format()</c>.</summary>
internal static class StringFormat
{
    private const int MaxNesting = 2;

    public static Value Format(RenderState state, string format, Arguments arguments)
    {
        var next = 0;
        return Expand(state, format, MaxNesting, ref next, name =>
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                return index < arguments.Count
                    ? arguments[index]
                    : throw new JinjaException(
                        JinjaErrorKind.IndexError, $"Replacement index {index} out of range for positional args tuple");
            }

            return arguments.TryGetNamed(name, out var value)
                ? value
                : throw new JinjaException(JinjaErrorKind.KeyError, PythonString.Repr(name));
        });
    }

    public static Value FormatMap(RenderState state, string format, Arguments arguments)
    {
        var reader = arguments.Read("format_map");
        var mapping = reader.Required("mapping");
        reader.Finish();
        var next = 0;
        return Expand(state, format, MaxNesting, ref next, name => name.Length > 0 && name.All(char.IsAsciiDigit)
            ? throw new JinjaException(JinjaErrorKind.ValueError, "Format string contains positional fields")
            : mapping.Object?.TryGetItem(state, name, out var value) == true
            ? value
            : throw new JinjaException(JinjaErrorKind.KeyError, PythonString.Repr(name)));
    }

    private static string Expand(RenderState state, string format, int nesting, ref int next, Func<string, Value> argument)
    {
        if (nesting < 0)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "Max string recursion exceeded");
        }

        var result = new StringBuilder(format.Length + 16);
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (c is '{' or '}' && i + 1 < format.Length && format[i + 1] == c)
            {
                result.Append(c);
                i++;
            }
            else if (c == '}')
            {
                throw new JinjaException(JinjaErrorKind.ValueError, "Single '}' encountered in format string");
            }
            else if (c == '{')
            {
                var end = Close(format, i + 1);
                result.Append(Field(state, format[(i + 1)..end], nesting, ref next, argument));
                state.CheckSize(result.Length);
                i = end;
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static int Close(string format, int start)
    {
        var depth = 1;
        for (var i = start; i < format.Length; i++)
        {
            depth += format[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        throw new JinjaException(
            JinjaErrorKind.ValueError,
            start >= format.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    }

    private static string Field(RenderState state, string field, int nesting, ref int next, Func<string, Value> argument)
    {
        var nameEnd = field.AsSpan().IndexOfAny("!:");
        nameEnd = nameEnd < 0 ? field.Length : nameEnd;
        var path = field[..nameEnd];
        var first = path.AsSpan().IndexOfAny(".[");
        first = first < 0 ? path.Length : first;
        var value = argument(first == 0 ? (next++).ToString(CultureInfo.InvariantCulture) : path[..first]);
        value = Follow(state, value, path[first..]);

        var rest = field[nameEnd..];
        if (rest.StartsWith('!'))
        {
            if (rest.Length < 2)
            {
                throw new JinjaException(JinjaErrorKind.ValueError, "end of string while looking for conversion specifier");
            }

            value = rest[1] switch
            {
                's' => value.ToString(),
                'r' or 'a' => value.Repr(),
                var other => throw new JinjaException(JinjaErrorKind.ValueError, $"Unknown conversion specifier '{other}'"),
            };
            rest = rest[2..];
        }

        var specification = rest.Length > 0 ? rest[1..] : string.Empty;
        if (specification.Contains('{', StringComparison.Ordinal))
        {
            specification = Expand(state, specification, nesting - 1, ref next, argument);
        }

        return FormatSpec.Format(state, value, specification);
    }

    private static Value Follow(RenderState state, Value value, string path)
    {
        while (path.Length > 0)
        {
            if (path[0] == '.')
            {
                var end = path.AsSpan(1).IndexOfAny(".[");
                end = end < 0 ? path.Length : end + 1;
                var owner = value;
                value = state.GetAttribute(owner, path[1..end]);
                if (value.IsUndefined && !owner.IsUndefined)
                {
                    throw new JinjaException(JinjaErrorKind.AttributeError, $"'{owner.TypeName}' object has no attribute {PythonString.Repr(path[1..end])}");
                }

                path = path[end..];
            }
            else
            {
                var close = path.IndexOf(']', StringComparison.Ordinal);
                if (close < 0)
                {
                    throw new JinjaException(JinjaErrorKind.ValueError, "Missing ']' in format string");
                }

                var key = path[1..close];
                if (!value.IsString && value.Object is null or { IsSequence: false, IsMapping: false, Kind: not ValueKind.Undefined })
                {
                    throw new JinjaException(JinjaErrorKind.TypeError, $"'{value.TypeName}' object is not subscriptable");
                }

                value = state.GetItem(
                    value, long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : Value.From(key));
                path = path[(close + 1)..];
            }

            if (value.As<UndefinedValue>() is { } undefined)
            {
                throw undefined.Error();
            }
        }

        return value;
    }
}
