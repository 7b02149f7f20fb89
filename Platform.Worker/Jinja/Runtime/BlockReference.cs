using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>One version of a template block: what <c>super</c> and <c>self.name</c> are.</summary>
internal sealed class BlockReference(string block, TemplateContext context, List<BlockStatement> versions, int depth, Evaluator evaluator)
    : JinjaObject
{
    public override string TypeName => "BlockReference";

    public override bool IsCallable => true;

    public static Value At(
        RenderState state, string name, TemplateContext context, List<BlockStatement> versions, int depth, Evaluator evaluator) =>
        depth < versions.Count
            ? new BlockReference(name, context, versions, depth, evaluator)
            : state.MakeUndefined("super", $"there is no parent block called '{name}'.");

    public override Value Call(RenderState state, Arguments arguments) => evaluator.RenderBlock(versions[depth], context, depth);

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name == "super" ? At(state, block, context, versions, depth + 1, evaluator) : default;
        return !value.IsMissing;
    }
}

/// <summary><c>self</c>: the template's blocks by name.</summary>
internal sealed class SelfReference(TemplateContext context, Evaluator evaluator) : JinjaObject
{
    public override string TypeName => "TemplateReference";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = context.Blocks.TryGetValue(name, out var versions)
            ? new BlockReference(name, context, versions, 0, evaluator)
            : default(Value);
        return !value.IsMissing;
    }
}
