using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>The variables of a loop, macro or block while it runs, by slot; a slot without value is looked for further out.</summary>
internal sealed class Scope
{
    /// <summary>The outermost scope of a template: its variables are those of the context.</summary>
    public Scope(TemplateContext context)
    {
        Context = context;
        Slots = [];
    }

    public Scope(Scope parent, int count)
    {
        Parent = parent;
        Context = parent.Context;
        Slots = new Value[count];
    }

    /// <summary>The scope around; null for the outermost.</summary>
    public Scope? Parent { get; }

    public TemplateContext Context { get; }

    public Value[] Slots { get; }
}
