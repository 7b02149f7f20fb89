using System.Globalization;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Compile;

/// <summary>An entry of the configuration <c>indexes</c>, as <c>adapter.parse_index()</c> gives it.</summary>
internal sealed class IndexConfig(IReadOnlyList<string> columns, bool unique, string? type, string? name = null) : JinjaObject
{
    public override string TypeName => "PostgresIndexConfig";

    /// <summary>What two indexes have in common when only their names differ.</summary>
    public string Definition => $"{string.Join(',', columns.Order(StringComparer.OrdinalIgnoreCase)).ToUpperInvariant()}|{unique}|{(type ?? "btree").ToUpperInvariant()}";

    /// <exception cref="JinjaException">The entry is no index.</exception>
    public static IndexConfig Parse(Value entry)
    {
        if (entry.As<DictValue>() is not { } index || !index.TryGetValue("columns", out var columns) || columns.Kind is not ValueKind.List)
        {
            throw new JinjaException(
                JinjaErrorKind.RuntimeError, $"{entry.Repr()} is no index. Write columns (a list) and, if needed, unique (true or false) and type (such as hash).");
        }

        return new IndexConfig(
            [.. columns.Iterate().Select(column => column.ToString())], index.TryGetValue("unique", out var unique) && unique.IsTrue,
            index.TryGetValue("type", out var type) && !type.IsNone ? type.ToString() : null);
    }

    public override bool TryGetAttribute(RenderState state, string attribute, out Value value)
    {
        value = attribute switch
        {
            "columns" => ListValue.FromClr(columns),
            "unique" => unique,
            "type" => type,
            "name" => name,
            "as_node_config" => Value.FromClr(new Dictionary<string, object?> { ["columns"] = columns, ["unique"] = unique, ["type"] = type }),
            "render" => new HostFunction(attribute, (inner, arguments) => Name(((NodeContext)inner.Host!).Invocation, RelationValue.Unwrap(arguments[0], "render"))),
            _ => default,
        };
        return !value.IsMissing;
    }

    /// <summary>A name of its own at every time: the index of the table that is about to be replaced still has the last one.</summary>
    private string Name(Invocation invocation, Relation relation) => ContextFunctions.Md5(string.Join(
        '_', [.. columns, relation.Render(), unique ? "True" : "False", type ?? "None", invocation.Time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture)]));
}
