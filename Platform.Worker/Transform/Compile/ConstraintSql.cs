using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// Columns and constraints of a model with a contract as CREATE TABLE takes them
/// (https://docs.getdbt.com/reference/resource-properties/constraints). PostgreSQL enforces all of them.
/// </summary>
internal static class ConstraintSql
{
    public static Value OfColumns(Value columns)
    {
        var lines = new ListValue();
        foreach (var column in columns.As<DictValue>()?.Items.Values.Select(value => value.As<DictValue>()!) ?? [])
        {
            var name = Text(column, "name") ?? "";
            var type = Text(column, "data_type") ?? throw new JinjaException(
                JinjaErrorKind.RuntimeError, $"the column '{name}' of a model with a contract has no data_type. Add it where the column is described.");
            var quote = column.TryGetValue("quote", out var quoted) && quoted.IsTrue;
            lines.Items.Add(string.Join(' ', [quote ? $"\"{name}\"" : name, type, .. List(column, "constraints").Select(Column).OfType<string>()]));
        }

        return lines;
    }

    public static Value OfModel(Value constraints) =>
        new ListValue((constraints.IsIterable ? constraints.Iterate() : []).Select(Table).OfType<string>().Select(text => Value.From(text)));

    private static string? Column(Value constraint)
    {
        var entry = constraint.As<DictValue>()!;
        var expression = Text(entry, "expression") ?? "";
        return (Text(entry, "type") switch
        {
            "check" when expression.Length > 0 => $"check ({expression})",
            "not_null" => $"not null {expression}",
            "unique" => $"unique {expression}",
            "primary_key" => $"primary key {expression}",
            "foreign_key" when References(entry) is { } references => references,
            "custom" when expression.Length > 0 => expression,
            _ => null,
        })?.Trim();
    }

    private static string? Table(Value constraint)
    {
        var entry = constraint.As<DictValue>()!;
        var name = Text(entry, "name") is { Length: > 0 } given ? $"constraint {given} " : "";
        var expression = Text(entry, "expression") ?? "";
        var with = expression.Length > 0 ? $" {expression}" : "";
        var columns = string.Join(", ", List(entry, "columns"));
        return Text(entry, "type") switch
        {
            "check" when expression.Length > 0 => $"{name}check ({expression})",
            "unique" => $"{name}unique{with} ({columns})",
            "primary_key" => $"{name}primary key{with} ({columns})",
            "foreign_key" when References(entry) is { } references => $"{name}foreign key ({columns}) {references}",
            "custom" when expression.Length > 0 => $"{name}{expression}",
            _ => null,
        };
    }

    private static string? References(DictValue entry)
    {
        var columns = string.Join(", ", List(entry, "to_columns"));
        return Text(entry, "to") is { Length: > 0 } to && columns.Length > 0 ? $"references {to} ({columns})"
            : Text(entry, "expression") is { Length: > 0 } expression ? $"references {expression}" : null;
    }

    private static string? Text(DictValue entry, string key) =>
        entry.TryGetValue(key, out var value) && !value.IsNone && !value.IsUndefined ? value.ToString() : null;

    private static IEnumerable<Value> List(DictValue entry, string key) => entry.TryGetValue(key, out var value) && value.Kind is ValueKind.List ? value.Iterate() : [];
}
