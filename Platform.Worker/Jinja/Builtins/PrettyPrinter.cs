using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Python's <c>pprint.pformat()</c>: on one line if it fits into 80 columns, otherwise one element per line; dicts by key.</summary>
internal static class PrettyPrinter
{
    private const int Width = 80;

    public static string Print(RenderState state, Value value)
    {
        var result = new StringBuilder();
        Append(state, result, value, indent: 0, allowance: 0);
        return result.ToString();
    }

    private static void Append(RenderState state, StringBuilder result, Value value, int indent, int allowance)
    {
        state.Step();
        Sequences.EnsureDepth();
        var line = value.Repr();
        if (line.Length <= Width - indent - allowance)
        {
            result.Append(Sorted(value).Repr());
            return;
        }

        switch (value.Object)
        {
            case DictValue dict when dict.Items.Count > 0:
                AppendDict(state, result, dict, indent, allowance);
                break;
            case ListValue list:
                AppendItems(state, result, list.Items, '[', ']', indent, allowance);
                break;
            case TupleValue tuple:
                AppendItems(state, result, tuple.Items, '(', ')', indent, allowance + (tuple.Items.Length == 1 ? 1 : 0));
                break;
            default:
                result.Append(line);
                break;
        }

        state.CheckSize(result.Length);
    }

    private static void AppendItems(
        RenderState state, StringBuilder result, IReadOnlyList<Value> items, char open, char close, int indent, int allowance)
    {
        result.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                result.Append(",\n").Append(' ', indent + 1);
            }

            Append(state, result, items[i], indent + 1, i == items.Count - 1 ? allowance + 1 : 1);
        }

        result.Append(open == '(' && items.Count == 1 ? "," : string.Empty).Append(close);
    }

    private static void AppendDict(RenderState state, StringBuilder result, DictValue dict, int indent, int allowance)
    {
        result.Append('{');
        List<Value> keys = [.. dict.Items.Keys.Order(Comparer<Value>.Create(SafeCompare))];
        for (var i = 0; i < keys.Count; i++)
        {
            if (i > 0)
            {
                result.Append(",\n").Append(' ', indent + 1);
            }

            var key = keys[i].Repr();
            result.Append(key).Append(": ");
            Append(state, result, dict[keys[i]], indent + 1 + key.Length + 2, i == keys.Count - 1 ? allowance + 1 : 1);
        }

        result.Append('}');
    }

    /// <summary>A value that fits on a line, its dicts in the order of their keys, all the way down.</summary>
    private static Value Sorted(Value value)
    {
        switch (value.Object)
        {
            case DictValue dict when Sequences.Enter(dict):
                try
                {
                    var sorted = new DictValue();
                    foreach (var (key, item) in dict.Items.OrderBy(static pair => pair.Key, Comparer<Value>.Create(SafeCompare)))
                    {
                        sorted[key] = Sorted(item);
                    }

                    return sorted;
                }
                finally
                {
                    Sequences.Leave(dict);
                }

            case ListValue list when Sequences.Enter(list):
                try
                {
                    return new ListValue(list.Items.Select(Sorted));
                }
                finally
                {
                    Sequences.Leave(list);
                }

            case TupleValue tuple:
                return new TupleValue([.. tuple.Items.Select(Sorted)]);
            default:
                return value;
        }
    }

    /// <summary>Keys of types that have no order are ordered by type.</summary>
    private static int SafeCompare(Value left, Value right) => (left.IsNumber && right.IsNumber) || left.Kind == right.Kind
        ? Operators.Compare(left, right, "<")
        : string.CompareOrdinal(left.TypeName, right.TypeName);
}
