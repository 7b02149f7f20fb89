using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>An imported template: its exported names as attributes, its text when printed.</summary>
internal sealed class ModuleValue(Template template, TemplateContext context, string text) : JinjaObject
{
    public string Text { get; } = text;

    public override string TypeName => "jinja2.environment.TemplateModule";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = default;
        return context.Exports(name) && context.Variables.TryGetValue(name, out value);
    }

    public override string ToString() => Text;

    public override string Repr() => $"<TemplateModule {PythonString.Repr(template.Name)}>";
}
