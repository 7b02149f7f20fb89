using System.Globalization;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Python's <c>json.dumps()</c>.</summary>
internal static class JsonText
{
    /// <summary>The filter <c>tojson</c>: keys sorted, and safe inside HTML.</summary>
    public static Value Filter(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("tojson");
        var indent = reader.Optional("indent", Value.None);
        reader.Finish();
        var json = Write(state, input, sortKeys: true, indent.TryGetInt64(out var blanks) ? (int)Math.Clamp(blanks, 0, 100) : null);
        return Value.Markup(json
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal)
            .Replace("'", "\\u0027", StringComparison.Ordinal));
    }

    /// <summary>JSON text with Python's blanks after commas and colons, non-ASCII characters escaped.</summary>
    /// <exception cref="JinjaException">A value has no JSON form.</exception>
    public static string Write(RenderState state, Value value, bool sortKeys = false, int? indent = null)
    {
        var result = new StringBuilder();
        Append(state, result, value, sortKeys, indent, 0);
        return result.ToString();
    }

    private static void Append(RenderState state, StringBuilder result, Value value, bool sortKeys, int? indent, int depth)
    {
        state.Step();
        Sequences.EnsureDepth();
        switch (value.Kind)
        {
            case ValueKind.None:
                result.Append("null");
                break;
            case ValueKind.Boolean:
                result.Append(value.IsTrue ? "true" : "false");
                break;
            case ValueKind.Integer:
                result.Append(value.ToString());
                break;
            case ValueKind.Float:
                result.Append(Number(value.AsDouble()));
                break;
            case ValueKind.String:
                AppendString(result, value.AsString());
                break;
            case ValueKind.List or ValueKind.Tuple:
                AppendItems(value, '[', ']', [.. value.Iterate()], item => Append(state, result, item, sortKeys, indent, depth + 1));
                break;
            case ValueKind.Dict:
                IEnumerable<KeyValuePair<Value, Value>> pairs = value.As<DictValue>()!.Items;
                if (sortKeys)
                {
                    var dict = value.As<DictValue>()!;
                    pairs = Sorting.Sort(state, dict.Items.Keys, static key => key, reverse: false)
                        .Select(key => KeyValuePair.Create(key, dict[key]));
                }

                AppendItems(value, '{', '}', [.. pairs], pair =>
                {
                    AppendString(result, Key(pair.Key));
                    result.Append(": ");
                    Append(state, result, pair.Value, sortKeys, indent, depth + 1);
                });
                break;
            default:
                throw new JinjaException(JinjaErrorKind.TypeError, $"Object of type {Short(value.TypeName)} is not JSON serializable");
        }

        state.CheckSize(result.Length);

        void AppendItems<T>(Value container, char open, char close, List<T> items, Action<T> append)
        {
            if (!Sequences.Enter(container.Object!))
            {
                throw new JinjaException(JinjaErrorKind.ValueError, "Circular reference detected");
            }

            try
            {
                result.Append(open);
                for (var i = 0; i < items.Count; i++)
                {
                    result.Append(i == 0 ? string.Empty : indent is null ? ", " : ",");
                    NewLine(items.Count, depth + 1);
                    append(items[i]);
                }

                NewLine(items.Count, depth);
                result.Append(close);
            }
            finally
            {
                Sequences.Leave(container.Object!);
            }
        }

        void NewLine(int count, int level)
        {
            if (indent is { } blanks && count > 0)
            {
                result.Append('\n').Append(' ', blanks * level);
            }
        }
    }

    private static string Number(double value) => double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? value > 0 ? "Infinity" : "-Infinity"
        : NumberText.Float(value);

    private static string Key(Value key) => key.Kind switch
    {
        ValueKind.String => key.AsString(),
        ValueKind.None => "null",
        ValueKind.Boolean => key.IsTrue ? "true" : "false",
        ValueKind.Integer => key.ToString(),
        ValueKind.Float => Number(key.AsDouble()),
        _ => throw new JinjaException(
            JinjaErrorKind.TypeError, $"keys must be str, int, float, bool or None, not {Short(key.TypeName)}"),
    };

    private static string Short(string typeName) => typeName[(typeName.LastIndexOf('.') + 1)..];

    private static void AppendString(StringBuilder result, string text)
    {
        result.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\b' => result.Append("\\b"),
                '\f' => result.Append("\\f"),
                >= ' ' and <= '~' => result.Append(c),
                _ => result.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
            };
        }

        result.Append('"');
    }
}
