using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja;

/// <summary>
/// Gives names that neither the template nor the variables of the rendering define, for example macros of other files.
/// <see cref="RenderState.CurrentTemplate"/> is the template that asks, so an answer can depend on where the name is written.
/// </summary>
internal interface IGlobalResolver
{
    bool TryResolve(RenderState state, string name, out Value value);
}
