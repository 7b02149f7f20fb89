using System.Text;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project.Rollups;

/// <summary>
/// The SQL of a rollup's model. Expressions of semantic models name columns without saying whose they are, so each relation gives what is asked of
/// it in a select of its own.
/// </summary>
internal sealed class RollupSql
{
    private readonly List<(string Alias, string Key, string Foreign, RollupModel Model, List<string> Columns)> _lookups = [];
    private readonly Dictionary<string, (string Alias, List<string> Columns)> _byPath = [];
    private readonly List<string> _facts = [];

    private RollupSql() => _byPath[""] = ("facts", _facts);

    /// <param name="model">Whose rows.</param>
    /// <param name="definition">What is held of them.</param>
    /// <param name="models">All semantic models by name.</param>
    /// <param name="eventTime">Column by which the rows are rebuilt; null when all are.</param>
    public static string Of(RollupModel model, RollupDefinition definition, IReadOnlyDictionary<string, RollupModel> models, string? eventTime) =>
        new RollupSql().Write(model, definition, models, eventTime);

    private string Write(RollupModel model, RollupDefinition definition, IReadOnlyDictionary<string, RollupModel> models, string? eventTime)
    {
        var columns = definition.Keys.Select(key => Key(key, model, models)).Concat(definition.Values.Select(Value)).ToList();
        var sql = new StringBuilder("select\n    ").AppendJoin(",\n    ", columns)
            .Append("\nfrom (select ").AppendJoin(", ", _facts.DefaultIfEmpty("1")).Append(" from ").Append(Ref(model.Node.Refs[0], eventTime is null ? "" : ".render()"));
        if (eventTime is not null)
        {
            sql.Append("\n    {% if is_incremental() %}where ").Append(eventTime).Append(" >= '{{ model.batch.event_time_start }}' and ")
                .Append(eventTime).Append(" < '{{ model.batch.event_time_end }}'{% endif %}\n");
        }

        sql.Append(") as facts");
        foreach (var lookup in _lookups)
        {
            sql.Append("\nleft join (select ").AppendJoin(", ", lookup.Columns).Append(" from ").Append(Ref(lookup.Model.Node.Refs[0], "")).Append(") as ")
                .Append(lookup.Alias).Append(" on ").Append(lookup.Alias).Append('.').Append(lookup.Key).Append(" = ").Append(lookup.Foreign);
        }

        return definition.Keys.Count == 0 ? sql.ToString() : sql.Append("\ngroup by ").AppendJoin(", ", Enumerable.Range(1, definition.Keys.Count)).ToString();
    }

    private string Key(RollupKey key, RollupModel model, IReadOnlyDictionary<string, RollupModel> models)
    {
        var (alias, columns) = At(key.Path, model, models);
        columns.Add($"{(key.Grain is { } grain ? Cut(key.Expr, grain) : $"({key.Expr})")} as {key.Column}");
        return $"{alias}.{key.Column}";
    }

    private string Value(RollupValue value)
    {
        if (value.Agg == "count" && (value.Expr == "*" || value.Expr.All(char.IsAsciiDigit)))
        {
            return $"count(*) as {value.Column}";
        }

        var argument = $"of_{value.Column}";
        _facts.Add($"({value.Expr}) as {argument}");
        return value.Agg == "sum_boolean"
            ? $"sum(case when facts.{argument} then 1 else 0 end) as {value.Column}"
            : $"{value.Agg}(facts.{argument}) as {value.Column}";
    }

    /// <summary>The relation at the end of a path, looked up once.</summary>
    private (string Alias, List<string> Columns) At(IReadOnlyList<RollupStep> path, RollupModel model, IReadOnlyDictionary<string, RollupModel> models)
    {
        var (way, at) = ("", _byPath[""]);
        foreach (var step in path)
        {
            way += $"/{step.Entity}>{step.SemanticModel}";
            if (!_byPath.TryGetValue(way, out var next))
            {
                var number = _lookups.Count + 1;
                var target = models[step.SemanticModel];
                at.Columns.Add($"({RollupModel.Expr(model.Entities.First(entity => entity.Text("name") == step.Entity))}) as foreign_{number}");
                next = ($"lookup_{number}", [$"({RollupModel.Expr(target.UniqueKey(step.Entity)!)}) as key_{number}"]);
                _lookups.Add((next.Alias, $"key_{number}", $"{at.Alias}.foreign_{number}", target, next.Columns));
                _byPath[way] = next;
            }

            (at, model) = (next, models[step.SemanticModel]);
        }

        return at;
    }

    /// <summary>The first day or moment of the period in UTC, whatever type of time the expression is.</summary>
    private static string Cut(string expr, string grain) =>
        $"date_trunc('{grain}', case when pg_typeof({expr}) = 'timestamptz'::regtype then ({expr})::timestamptz at time zone 'UTC' else ({expr})::timestamp end)"
        + (RollupGrains.IsOfDays(grain) ? "::date" : "");

    private static string Ref(RefCall call, string method) =>
        $"{{{{ ref({string.Join(", ", new[] { call.Package, call.Name }.OfType<string>().Select(name => $"'{name}'"))}{(call.Version is null ? "" : $", v='{call.Version}'")}){method} }}}}";
}
