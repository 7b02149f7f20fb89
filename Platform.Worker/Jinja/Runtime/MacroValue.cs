using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>A macro, or the body of a call block, together with the scope it was defined in.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope closure, Evaluator evaluator) : JinjaObject
{
    public MacroDefinition Definition { get; } = definition;

    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override Value Call(RenderState state, Arguments arguments) => evaluator.CallMacro(Definition, closure, arguments);

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "name" => Definition.Name,
            "arguments" => new TupleValue([.. Definition.Parameters.Select(static p => Value.From(p.Name))]),
            "catch_kwargs" => Definition.UsesKwargs,
            "catch_varargs" => Definition.UsesVarargs,
            "caller" => Definition.UsesCaller,
            _ => default,
        };
        return !value.IsMissing;
    }

    public override string ToString() => $"<Macro '{Definition.Name}'>";
}
