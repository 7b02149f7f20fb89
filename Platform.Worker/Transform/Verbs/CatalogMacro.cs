using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>
/// What a project's own <c>get_catalog_relations</c> or <c>get_catalog</c> says of its relations: a row per column, with the names that dbt gives
/// them (<c>table_schema</c>, <c>column_type</c>, ...) and <c>stats:x:label</c>, <c>:value</c>, <c>:description</c> and <c>:include</c>.
/// </summary>
internal static class CatalogMacro
{
    /// <summary>More relations than these are asked for by schema.</summary>
    private const int MostRelations = 100;

    /// <summary>The macro that describes the nodes, when a project or package has a say in it: it, or what it dispatches to, is not the built-in one.</summary>
    /// <param name="build">The build.</param>
    /// <param name="nodes">The nodes to describe.</param>
    /// <param name="compiled">As in dbt, relations are only asked for one by one when they were compiled.</param>
    public static string? Overridden(BuildState build, IReadOnlyList<Node> nodes, bool compiled)
    {
        var name = compiled && nodes.Count <= MostRelations ? "get_catalog_relations" : "get_catalog";
        var macros = build.Invocation.Macros;
        return build.Invocation.Packages.Any(package => macros.InPackage(package.Name, $"postgres__{name}") is not null)
            || macros.InPackage(build.Project.Root.Name, name) is not null
            ? name
            : null;
    }

    /// <exception cref="TransformException">The macro failed, or does not return a table with the columns.</exception>
    public static async Task<IReadOnlyList<CatalogTable>> ReadAsync(
        VerbRun run, BuildState build, string name, IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        var root = build.Project.Root.Name;
        var relations = nodes.Select(BuildState.PublishedRelation).ToList();
        if (relations.Count == 0)
        {
            return [];
        }

        var arguments = new Dictionary<string, object?>
        {
            ["information_schema"] = RelationMethods.InformationSchema(relations[0], null),
            [name == "get_catalog" ? "schemas" : "relations"] = name == "get_catalog"
                ? new ListValue(relations.Select(relation => Value.From(relation.Schema!.ToLowerInvariant())).Distinct())
                : new ListValue(relations.Select(RelationValue.Of)),
        };
        MacroExecution? call = null;
        var macro = build.Invocation.Macros.Find(root, name)!;
        var results = await run.Engine.RunEachAsync(
            build, [InlineNode.Macro(build, $"macro.{root}.{name}", root, name)],
            (operation, session) => call = new MacroExecution(build, operation, session, macro, arguments, cancellationToken),
            cancellationToken);
        return results[0].IsFailure
            ? throw new TransformException(new SourceLocation(name), results[0].Message ?? "the macro failed.")
            : Tables(call!.Answer.As<AgateTable>() ?? throw new TransformException(new SourceLocation(name), "the macro returns no table. Return that of load_result()."));
    }

    private static IReadOnlyList<CatalogTable> Tables(AgateTable rows)
    {
        var tables = new Dictionary<(string, string), CatalogTable>();
        foreach (var cells in rows.Rows)
        {
            var row = rows.Columns.Zip(cells).ToDictionary(cell => cell.First.ToLowerInvariant(), cell => cell.Second.ToClr());
            var (schema, name) = (Text(row, "table_schema"), Text(row, "table_name"));
            if (!tables.TryGetValue((schema, name), out var table))
            {
                tables[(schema, name)] = table = new CatalogTable(
                    schema, name, Text(row, "table_type"), row.GetValueOrDefault("table_comment")?.ToString(), Text(row, "table_owner")) { Statistics = Statistics(row) };
            }

            table.Columns.Add(new CatalogColumn(
                Text(row, "column_name"), Convert.ToInt32(row.GetValueOrDefault("column_index"), System.Globalization.CultureInfo.InvariantCulture),
                Text(row, "column_type"), row.GetValueOrDefault("column_comment")?.ToString()));
        }

        return [.. tables.Values];
    }

    private static List<CatalogStatistic> Statistics(Dictionary<string, object?> row) =>
    [
        .. row.Keys.Where(key => key.StartsWith("stats:", StringComparison.Ordinal)).Select(key => key.Split(':')[1]).Distinct()
            .Where(id => row.GetValueOrDefault($"stats:{id}:include") is true)
            .Select(id => new CatalogStatistic(
                id, Text(row, $"stats:{id}:label"), row.GetValueOrDefault($"stats:{id}:value"), row.GetValueOrDefault($"stats:{id}:description")?.ToString())),
    ];

    private static string Text(Dictionary<string, object?> row, string column) => row.TryGetValue(column, out var value)
        ? value?.ToString() ?? ""
        : throw new TransformException(new SourceLocation("get_catalog"), $"the catalog that the macro returns has no column '{column}'.");
}
