namespace Platform.Worker.Jinja.Values;

/// <summary>Copies a value into plain .NET data, which knows no shared parts and no cycles: both have limits here.</summary>
internal struct PlainData
{
    /// <summary>What YAML files may have, too.</summary>
    private const int MaxDepth = 256;
    private const int MaxValues = 1_000_000;

    private int _depth;
    private int _values;

    public static object? Of(Value value) => default(PlainData).Copy(value);

    private object? Copy(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined or ValueKind.None:
                return null;
            case ValueKind.Boolean:
                return value.IsTrue;
            case ValueKind.Integer:
                return value.TryGetInt64(out var number) ? (object)number : value.AsBigInteger();
            case ValueKind.Float:
                return value.AsDouble();
            case ValueKind.Decimal:
                return value.AsDecimal();
            case ValueKind.String:
                return value.AsString();
            case ValueKind.Dict:
                Enter(value.Object!.Length ?? 0);
                var map = new Dictionary<string, object?>(value.Object.Length ?? 0, StringComparer.Ordinal);
                foreach (var (key, item) in value.As<DictValue>()!.Items)
                {
                    map[key.ToString()] = Copy(item);
                }

                _depth--;
                return map;
            case ValueKind.List or ValueKind.Tuple or ValueKind.Set:
                Enter(value.Object!.Length ?? 0);
                var items = new List<object?>(value.Object.Length ?? 0);
                foreach (var item in value.Iterate())
                {
                    items.Add(Copy(item));
                }

                _depth--;
                return items;
            default:
                return value.Object;
        }
    }

    private void Enter(int count)
    {
        if (++_depth > MaxDepth)
        {
            throw new JinjaException(JinjaErrorKind.RecursionLimit, $"data is nested deeper than {MaxDepth} levels, or contains itself");
        }

        if ((_values += count) > MaxValues)
        {
            throw new JinjaException(JinjaErrorKind.OutputLimit, $"data has more than {MaxValues} values");
        }
    }
}
