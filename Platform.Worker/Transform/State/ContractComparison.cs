using System.Text.Json;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.State;

/// <summary>
/// Compares enforced contracts (https://docs.getdbt.com/reference/resource-configs/contract#detecting-breaking-changes). A breaking change of a
/// versioned model is an error, of any other model a warning.
/// </summary>
internal sealed class ContractComparison(Invocation invocation)
{
    private const string BreakingChange = "UnversionedBreakingChange";

    private static readonly HashSet<string> Enforced = ["check", "not_null", "unique", "primary_key", "foreign_key"];

    /// <exception cref="TransformException">A versioned model breaks its contract.</exception>
    public bool IsSame(JsonElement now, JsonElement before)
    {
        var (enforced, was) = (IsEnforced(now), IsEnforced(before));
        if (!was)
        {
            return !enforced;
        }

        if (enforced && (SameChecksum(now, before) || SameTerms(now, before)))
        {
            return true;
        }

        var changes = Changes(now, before, enforced).ToList();
        if (changes.Count > 0)
        {
            Report(now, changes);
        }

        return false;
    }

    /// <summary>Tells of a model with an enforced contract that is gone.</summary>
    /// <param name="entry">Its entry, the present one when it is only switched off.</param>
    /// <param name="isDisabled">Switched off, as against deleted or renamed.</param>
    /// <exception cref="TransformException">It is versioned.</exception>
    public void CheckRemoved(JsonElement entry, bool isDisabled)
    {
        if (IsEnforced(entry) && !(DateTimeOffset.TryParse(entry.Text("deprecation_date"), out var date) && date < invocation.StartedAt))
        {
            Report(entry, [$"Contracted model '{entry.Text("unique_id")}' was {(isDisabled ? "disabled" : "deleted or renamed")}."]);
        }
    }

    private static bool SameChecksum(JsonElement now, JsonElement before) =>
        EntryValues.Same(((JsonElement?)now).Member("contract").Member("checksum"), ((JsonElement?)before).Member("contract").Member("checksum"));

    /// <summary>What the checksum stands for, which is of Python's own text of it: columns, their types and constraints, and those of the model.</summary>
    private static bool SameTerms(JsonElement now, JsonElement before)
    {
        var (columns, former) = (((JsonElement?)now).Member("columns"), ((JsonElement?)before).Member("columns"));
        return columns.Members().Select(column => column.Name).ToHashSet().SetEquals(former.Members().Select(column => column.Name))
            && columns.Members().All(column => EntryValues.Same(column.Value, former.Member(column.Name), "data_type", "constraints"))
            && (!EnforcesConstraints(now) && !EnforcesConstraints(before)
                || (Materialized(now) == Materialized(before) && EntryValues.Same(now, before, "constraints")));
    }

    private void Report(JsonElement entry, IReadOnlyList<string> changes)
    {
        var reasons = string.Concat(changes.Select(change => $"\n  - {change}"));
        var at = new SourceLocation(entry.Text("original_file_path") ?? "");
        if (((JsonElement?)entry).Member("version") is not null)
        {
            throw new TransformException(
                at,
                $"While comparing to previous project state, dbt detected a breaking change to an enforced contract.{reasons}\n"
                + "Consider making an additive (non-breaking) change instead, if possible.\n"
                + "Otherwise, create a new model version: https://docs.getdbt.com/docs/collaborate/govern/model-versions");
        }

        invocation.Output?.Warn(
            BreakingChange,
            at,
            $"Breaking change to contracted, unversioned model {entry.Text("name")} ({at})\n"
            + $"While comparing to previous project state, dbt detected a breaking change to an unversioned model.{reasons}");
    }

    private static IEnumerable<string> Changes(JsonElement now, JsonElement before, bool enforced)
    {
        if (!enforced)
        {
            yield return "Contract enforcement was removed: Previously, this model had an enforced contract. "
                + "It is no longer configured to enforce its contract, and this is a breaking change.";
        }

        var columns = ((JsonElement?)now).Member("columns");
        var former = ((JsonElement?)before).Member("columns").Members().OrderBy(column => column.Name, StringComparer.Ordinal).ToList();
        if (Listed(former.Where(column => columns.Member(column.Name) is null).Select(column => column.Value.Text("name") ?? column.Name)) is { } removed)
        {
            yield return $"Columns were removed: {removed}";
        }

        var kept = former.Where(column => columns.Member(column.Name) is not null)
            .Select(column => (column.Name, Before: column.Value, Now: columns.Member(column.Name)!.Value)).ToList();
        if (Listed(kept.Where(column => BaseType(column.Before) != BaseType(column.Now))
            .Select(column => $"{column.Name} ({column.Before.Text("data_type")} -> {column.Now.Text("data_type")})")) is { } retyped)
        {
            yield return $"Columns with data_type changes: {retyped}";
        }

        if (!EnforcesConstraints(before))
        {
            yield break;
        }

        if (Listed(kept.SelectMany(column => Gone(column.Before, column.Now).Select(constraint => $"'{Label(constraint)}' constraint on column {column.Name}"))) is { } loosened)
        {
            yield return $"Enforced column level constraints were removed: {loosened}";
        }

        if (Listed(Gone(before, now).Select(constraint => $"'{Label(constraint)}' constraint on columns {((JsonElement?)constraint).Member("columns")}")) is { } open)
        {
            yield return $"Enforced model level constraints were removed: {open}";
        }

        if (!EnforcesConstraints(now) && (Constraints(before).Any() || former.Any(column => Constraints(column.Value).Any())))
        {
            yield return $"Materialization changed with enforced constraints: \n    - {Materialized(before)} -> {Materialized(now)}";
        }
    }

    private static string? Listed(IEnumerable<string> items) => string.Concat(items.Select(item => $"\n    - {item}")) is { Length: > 0 } text ? text : null;

    private static IEnumerable<JsonElement> Gone(JsonElement before, JsonElement now) => Constraints(before)
        .Where(constraint => Enforced.Contains(constraint.Text("type") ?? "") && !Constraints(now).Any(other => EntryValues.Same(constraint, other)));

    private static IEnumerable<JsonElement> Constraints(JsonElement entry) =>
        ((JsonElement?)entry).Member("constraints") is { ValueKind: JsonValueKind.Array } constraints ? constraints.EnumerateArray() : [];

    private static string Label(JsonElement constraint) => constraint.Text("name") ?? constraint.Text("type") ?? "";

    private static bool IsEnforced(JsonElement entry) => ((JsonElement?)entry).Member("contract").Member("enforced") is { ValueKind: JsonValueKind.True };

    private static string Materialized(JsonElement entry) => ((JsonElement?)entry).Member("config")?.Text("materialized") ?? "view";

    private static bool EnforcesConstraints(JsonElement entry) => Materialized(entry) is "table" or "incremental";

    /// <summary>The type without size, precision and scale, which may change.</summary>
    private static string BaseType(JsonElement column) => (column.Text("data_type") ?? "").Split('(')[0].Trim().ToLowerInvariant();
}
