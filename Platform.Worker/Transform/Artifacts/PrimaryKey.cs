using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>
/// The columns that tell a model's rows apart, as dbt infers them: a primary_key constraint; columns tested unique and not null; columns
/// tested unique alone or in combination, enabled tests before disabled ones.
/// </summary>
internal static class PrimaryKey
{
    public static IReadOnlyList<string> Of(Node node, IEnumerable<Node> tests)
    {
        if (node.Constraints.FirstOrDefault(constraint => constraint.Type == "primary_key") is { } key)
        {
            return key.Columns;
        }

        if (node.Columns.Values.FirstOrDefault(column => column.Constraints.Any(constraint => constraint.Type == "primary_key")) is { } declared)
        {
            return [declared.Name];
        }

        var unique = new List<string>();
        var uniqueDisabled = new List<string>();
        var notNull = new List<string>();
        foreach (var test in tests)
        {
            var found = test.Test!.Name switch
            {
                "unique" or "unique_combination_of_columns" => test.Config.Enabled ? unique : uniqueDisabled,
                "not_null" => notNull,
                _ => null,
            };
            found?.AddRange(Columns(test.Test).Except(found));
        }

        var both = notNull.Where(column => unique.Contains(column) || uniqueDisabled.Contains(column)).ToList();
        return both.Count > 0 ? both : unique.Count > 0 ? unique : uniqueDisabled;
    }

    private static List<string> Columns(TestMetadata test)
    {
        if (test.Arguments.TryGetValue("column_name", out var column) && column is string name)
        {
            return [name];
        }

        return test.Arguments.TryGetValue("combination_of_columns", out var columns) && columns is IEnumerable<object?> several
            ? [.. several.OfType<string>()]
            : [];
    }
}
