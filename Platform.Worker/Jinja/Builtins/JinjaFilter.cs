using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>A filter: <c>{{ input | name(arguments) }}</c>.</summary>
internal delegate Value JinjaFilter(RenderState state, Value input, Arguments arguments);

/// <summary>A test: <c>{{ input is name(arguments) }}</c>.</summary>
internal delegate bool JinjaTest(RenderState state, Value input, Arguments arguments);
