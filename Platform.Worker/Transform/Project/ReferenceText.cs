using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>A reference written in YAML as text: <c>ref('orders')</c>, <c>source('shop', 'orders')</c>, <c>metric('revenue')</c>.</summary>
/// <param name="Ref">The model it means.</param>
/// <param name="Source">The source's table it means.</param>
/// <param name="Metric">The metric it means.</param>
internal sealed record ReferenceText(RefCall? Ref, (string Source, string Table)? Source, string? Metric)
{
    /// <summary>Reads it without rendering; null when it is no such call with literal arguments.</summary>
    public static ReferenceText? Read(string text)
    {
        var inner = text.Trim();
        inner = inner.StartsWith("{{", StringComparison.Ordinal) && inner.EndsWith("}}", StringComparison.Ordinal) ? inner[2..^2].Trim('-', ' ') : inner;
        try
        {
            var call = GlobalProject.Environment.ParseExpression(inner, "").FindCalls("ref", "source", "metric").FirstOrDefault();
            return call is null || !call.IsLiteral ? null : Of(call);
        }
        catch (JinjaException)
        {
            return null;
        }
    }

    private static ReferenceText? Of(StaticCall call)
    {
        var arguments = call.Positional.Select(value => value!.Value.ToString()).ToList();
        var version = call.Named.GetValueOrDefault("version") ?? call.Named.GetValueOrDefault("v");
        return (call.Function, arguments) switch
        {
            ("ref", [var name]) => new ReferenceText(new RefCall(null, name, Text(version)), null, null),
            ("ref", [var package, var name]) => new ReferenceText(new RefCall(package, name, Text(version)), null, null),
            ("source", [var source, var table]) => new ReferenceText(null, (source, table), null),
            ("metric", [var name]) => new ReferenceText(null, null, name),
            ("metric", [_, var name]) => new ReferenceText(null, null, name),
            _ => null,
        };
    }

    private static string? Text(Value? value) => value is { IsNone: false } given ? given.ToString() : null;
}
