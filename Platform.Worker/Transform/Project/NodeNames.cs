using System.Text;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Project;

/// <summary>Asks <c>generate_database_name</c>, <c>generate_schema_name</c> and <c>generate_alias_name</c> where a node is built.</summary>
internal static class NodeNames
{
    public static Node Apply(Invocation invocation, Node node, ProjectErrors errors)
    {
        // The macros of the root project decide for packages, too.
        var context = new ParseContext(invocation, invocation.RootName, node.OriginalFilePath);
        try
        {
            using var state = context.CreateState(CancellationToken.None);
            var dictionary = Value.From(NodeDictionary.Of(node));
            var named = node with
            {
                Database = Ask("generate_database_name", node.Config.Database),
                Schema = Ask("generate_schema_name", node.Config.Schema),
                Alias = Ask("generate_alias_name", node.Config.Alias),
            };
            if (node.IsRelational)
            {
                Check(named.Alias, node, errors);
                Check(named.Schema, node, errors);
            }

            return named;

            string Ask(string macro, string? custom) =>
                state.Call(invocation.Macros.Find(invocation.RootName, macro)!, new Arguments([Value.From(custom), dictionary])).ToString().Trim();
        }
        catch (JinjaException fault)
        {
            errors.Add(JinjaErrors.ToError(fault, node.At));
            return node with { Schema = invocation.Target.Schema, Alias = node.Name };
        }
    }

    private static void Check(string name, Node node, ProjectErrors errors)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > Sql.MaxIdentifierBytes)
        {
            errors.Add(
                node.At,
                $"'{node.Name}' would be built as '{name}', which is no name for PostgreSQL: 1 to {Sql.MaxIdentifierBytes} bytes. Give it an alias (or schema).");
        }
    }
}
