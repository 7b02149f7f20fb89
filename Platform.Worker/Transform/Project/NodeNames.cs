using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Asks <c>generate_database_name</c>, <c>generate_schema_name</c> and <c>generate_alias_name</c> where a node is built: those of its own
/// package, the root project's, or dbt's, which are answered without rendering.
/// </summary>
internal sealed class NodeNames(Invocation invocation, ProjectErrors errors)
{
    private readonly Dictionary<(string Package, string Macro), MacroDefinition?> _custom = [];
    private readonly Lock _gate = new();

    public Node Apply(Node node)
    {
        var named = Generate(node);
        if (node.ResourceType is ResourceType.Snapshot)
        {
            named = named with
            {
                Schema = node.Config.Text("target_schema") is { Length: > 0 } schema ? schema : named.Schema,
                Database = node.Config.Text("target_database") is { Length: > 0 } database ? database : named.Database,
            };
        }

        named = named with { Schema = Sql.Cut(named.Schema) };
        if (node.IsRelational)
        {
            Check(named.Alias, node);
        }

        return named;
    }

    private Node Generate(Node node)
    {
        var config = node.Config;
        var (database, schema, alias) =
            (Custom(node, "generate_database_name"), Custom(node, "generate_schema_name"), Custom(node, "generate_alias_name"));
        if (database is null && schema is null && alias is null)
        {
            return node with { Database = DefaultDatabase(), Schema = DefaultSchema(), Alias = DefaultAlias() };
        }

        var context = new ParseContext(invocation, invocation.RootName, node.OriginalFilePath);
        try
        {
            using var state = context.CreateState(CancellationToken.None);
            var dictionary = Value.From(NodeDictionary.Of(node));
            return node with
            {
                Database = database is null ? DefaultDatabase() : Ask(database, config.Database),
                Schema = schema is null ? DefaultSchema() : Ask(schema, config.Schema),
                Alias = alias is null ? DefaultAlias() : Ask(alias, config.Alias),
            };

            string Ask(MacroDefinition macro, string? custom) => state.Call(macro, new Arguments([Value.From(custom), dictionary])).ToString().Trim();
        }
        catch (JinjaException fault)
        {
            errors.Add(JinjaErrors.ToError(fault, node.At));
            return node with { Schema = invocation.Target.Schema, Alias = node.Name };
        }

        string DefaultDatabase() => config.Database?.Trim() ?? invocation.Target.Database;

        string DefaultSchema() => config.Schema is { } custom ? $"{invocation.Target.Schema}_{custom.Trim()}" : invocation.Target.Schema;

        string DefaultAlias() => config.Alias is { Length: > 0 } custom ? custom.Trim()
            : node.Version is { } version ? $"{node.Name}_v{version.Replace('.', '_')}"
            : node.Name;
    }

    /// <summary>The macro of a project or a package that decides, or null when dbt's own does.</summary>
    private MacroDefinition? Custom(Node node, string macro)
    {
        lock (_gate)
        {
            if (!_custom.TryGetValue((node.PackageName, macro), out var found))
            {
                var macros = invocation.Macros;
                found = macros.Find(node.PackageName, macro);
                // dbt's macro dispatches, so that an override of its default counts, too.
                if (found == macros.InPackage(Package.GlobalName, macro))
                {
                    var implementation = macros.Dispatch(node.PackageName, macro, invocation.DispatchOrder(Package.GlobalName));
                    found = implementation == macros.InPackage(Package.GlobalName, $"default__{macro}") ? null : found;
                }

                _custom[(node.PackageName, macro)] = found;
            }

            return found;
        }
    }

    private void Check(string name, Node node)
    {
        if (name.Length == 0)
        {
            errors.Add(node.At, $"'{node.Name}' would be built without a name. Give it an alias.");
        }
    }
}
