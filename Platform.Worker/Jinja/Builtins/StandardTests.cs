using System.Collections.Frozen;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Every test of Jinja 3.1 by name.</summary>
internal static class StandardTests
{
    public static readonly FrozenDictionary<string, JinjaTest> All = Create().ToFrozenDictionary(StringComparer.Ordinal);

    private static Dictionary<string, JinjaTest> Create()
    {
        JinjaTest equal = static (_, value, arguments) => value.Equals(One(arguments));
        JinjaTest notEqual = static (_, value, arguments) => !value.Equals(One(arguments));
        JinjaTest less = static (_, value, arguments) => Operators.Ordered(value, One(arguments), "<");
        JinjaTest lessOrEqual = static (_, value, arguments) => Operators.Ordered(value, One(arguments), "<=");
        JinjaTest greater = static (_, value, arguments) => Operators.Ordered(value, One(arguments), ">");
        JinjaTest greaterOrEqual = static (_, value, arguments) => Operators.Ordered(value, One(arguments), ">=");
        return new Dictionary<string, JinjaTest>(StringComparer.Ordinal)
        {
            ["boolean"] = static (_, value, _) => value.Kind == ValueKind.Boolean,
            // As in Python: an undefined value can be called, it fails then.
            ["callable"] = static (_, value, _) => value.IsUndefined || value.Object is { IsCallable: true },
            ["defined"] = static (_, value, _) => !value.IsUndefined,
            ["undefined"] = static (_, value, _) => value.IsUndefined,
            ["divisibleby"] = static (state, value, arguments) =>
                Operators.Binary(state, BinaryOperator.Modulo, value, One(arguments)).Equals(0),
            ["even"] = static (state, value, _) => Operators.Binary(state, BinaryOperator.Modulo, value, 2).Equals(0),
            ["odd"] = static (state, value, _) => Operators.Binary(state, BinaryOperator.Modulo, value, 2).Equals(1),
            ["true"] = static (_, value, _) => value.Kind == ValueKind.Boolean && value.IsTrue,
            ["false"] = static (_, value, _) => value.Kind == ValueKind.Boolean && !value.IsTrue,
            ["filter"] = static (state, value, _) => value.TryGetString(out var name) && state.Environment.Filters.ContainsKey(name),
            ["test"] = static (state, value, _) => value.TryGetString(out var name) && state.Environment.Tests.ContainsKey(name),
            ["none"] = static (_, value, _) => value.IsNone,
            ["number"] = static (_, value, _) => value.IsNumber,
            ["integer"] = static (_, value, _) => value.Kind == ValueKind.Integer,
            ["float"] = static (_, value, _) => value.Kind == ValueKind.Float,
            ["string"] = static (_, value, _) => value.IsString,
            ["mapping"] = static (_, value, _) => value.Object is { IsMapping: true },
            ["iterable"] = static (_, value, _) => value.IsIterable,
            ["sequence"] = static (_, value, _) => value.IsString || value.IsUndefined || value.Object is { IsSequence: true } or DictValue,
            ["sameas"] = static (_, value, arguments) => value.IsSame(One(arguments)),
            ["escaped"] = static (_, value, _) => value.IsMarkup,
            ["in"] = static (state, value, arguments) => Operators.Contains(state, One(arguments), value),
            ["lower"] = static (_, value, _) => IsCase(value, lower: true),
            ["upper"] = static (_, value, _) => IsCase(value, lower: false),
            ["eq"] = equal,
            ["equalto"] = equal,
            ["=="] = equal,
            ["ne"] = notEqual,
            ["!="] = notEqual,
            ["lt"] = less,
            ["lessthan"] = less,
            ["<"] = less,
            ["le"] = lessOrEqual,
            ["<="] = lessOrEqual,
            ["gt"] = greater,
            ["greaterthan"] = greater,
            [">"] = greater,
            ["ge"] = greaterOrEqual,
            [">="] = greaterOrEqual,
        };
    }

    private static Value One(Arguments arguments)
    {
        var reader = arguments.Read("test");
        var value = reader.Required("other");
        reader.Finish();
        return value;
    }

    private static bool IsCase(Value value, bool lower)
    {
        var text = value.ToString();
        return text.Any(lower ? char.IsLower : char.IsUpper) && !text.Any(lower ? char.IsUpper : char.IsLower);
    }
}
