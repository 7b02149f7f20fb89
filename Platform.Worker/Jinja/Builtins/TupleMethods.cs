using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>The methods of Python's <c>tuple</c>.</summary>
internal static class TupleMethods
{
    public static readonly MethodTable<TupleValue> Table = new("tuple", new Dictionary<string, Method<TupleValue>>(StringComparer.Ordinal)
    {
        ["count"] = static (_, self, arguments) => ListMethods.Count(self.Items, ListMethods.One(arguments, "count")),
        ["index"] = static (_, self, arguments) => ListMethods.Index(self.Items, arguments, "tuple"),
    });
}
