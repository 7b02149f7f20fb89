using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Filters that pick: attributes, items that pass a test, a default.</summary>
internal static class SelectionFilters
{
    public static Value Default(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("default");
        var fallback = reader.Optional("default_value", Value.EmptyString);
        var boolean = reader.OptionalBoolean("boolean", false);
        reader.Finish();
        return input.IsUndefined || (boolean && !input.IsTrue) ? fallback : input;
    }

    /// <summary>An attribute only, never an element.</summary>
    public static Value Attr(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("attr");
        var name = reader.Required("name").ToString();
        reader.Finish();
        Value value = default;
        var found = input.Object is { } target
            ? target.TryGetAttribute(state, name, out value)
            : input.IsString ? StringMethods.Table.TryBind(input, name, out value)
            : input.IsNumber && NumberMethods.TryBind(input, name, out value);
        return found ? value : new UndefinedValue(state.Undefined, input, name);
    }

    public static Value Map(RenderState state, Value input, Arguments arguments)
    {
        var map = Mapping(state, arguments);
        return new IteratorValue("generator", Mapped());

        IEnumerable<Value> Mapped()
        {
            foreach (var item in input.IsTrue ? SequenceFilters.Iterate(input) : [])
            {
                state.Step();
                yield return map()(item);
            }
        }
    }

    public static Value Select(RenderState state, Value input, Arguments arguments) => Pick(state, input, arguments, byAttribute: false, keep: true);

    public static Value Reject(RenderState state, Value input, Arguments arguments) => Pick(state, input, arguments, byAttribute: false, keep: false);

    public static Value SelectAttr(RenderState state, Value input, Arguments arguments) => Pick(state, input, arguments, byAttribute: true, keep: true);

    public static Value RejectAttr(RenderState state, Value input, Arguments arguments) => Pick(state, input, arguments, byAttribute: true, keep: false);

    /// <summary>As in Jinja, wrong arguments show when the result is first read.</summary>
    private static Func<Func<Value, Value>> Mapping(RenderState state, Arguments arguments)
    {
        Func<Value, Value>? map = null;
        return () => map ??= Build();

        Func<Value, Value> Build()
        {
            if (arguments.Count == 0 && arguments.TryGetNamed("attribute", out var attribute))
            {
                var surplus = arguments.Named.FirstOrDefault(static argument => argument.Name is not ("attribute" or "default"));
                if (surplus.Name is not null)
                {
                    throw new JinjaException(JinjaErrorKind.FilterArgumentError, $"Unexpected keyword argument '{surplus.Name}'");
                }

                arguments.TryGetNamed("default", out var fallback);
                var path = AttributePath.Parse(attribute, fallback);
                return item => path.Get(state, item);
            }

            if (arguments.Count == 0)
            {
                throw new JinjaException(JinjaErrorKind.FilterArgumentError, "map requires a filter argument");
            }

            var name = arguments[0].ToString();
            var rest = arguments.Skip(1);
            return state.Environment.Filters.TryGetValue(name, out var filter)
                ? item => filter(state, item, rest)
                : throw new JinjaException(JinjaErrorKind.RuntimeError, $"No filter named '{name}'.");
        }
    }

    private static IteratorValue Pick(RenderState state, Value input, Arguments arguments, bool byAttribute, bool keep)
    {
        return new IteratorValue("generator", Picked());

        IEnumerable<Value> Picked()
        {
            if (!input.IsTrue)
            {
                yield break;
            }

            var test = Condition(state, arguments, byAttribute);
            foreach (var item in SequenceFilters.Iterate(input))
            {
                state.Step();
                if (test(item) == keep)
                {
                    yield return item;
                }
            }
        }
    }

    private static Func<Value, bool> Condition(RenderState state, Arguments arguments, bool byAttribute)
    {
        if (byAttribute && arguments.Count == 0)
        {
            throw new JinjaException(JinjaErrorKind.FilterArgumentError, "Missing parameter for attribute name");
        }

        var path = byAttribute ? AttributePath.Parse(arguments[0]) : AttributePath.Parse(Value.None);
        var rest = byAttribute ? arguments.Skip(1) : arguments;
        if (rest.Count == 0)
        {
            return item => path.Get(state, item).IsTrue;
        }

        var name = rest[0].ToString();
        var parameters = rest.Skip(1);
        return state.Environment.Tests.TryGetValue(name, out var test)
            ? item => test(state, path.Get(state, item), parameters)
            : throw new JinjaException(JinjaErrorKind.RuntimeError, $"No test named '{name}'.");
    }
}
