using System.Text.RegularExpressions;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// Lets the database plan, not run, the SQL that metrics hold: filters over the built columns and derived expressions over their inputs. What it
/// refuses is an error with file and line.
/// </summary>
internal sealed partial class MetricSqlValidator(SemanticManifest manifest, ProjectErrors errors)
{
    public void Validate(Func<Graph.Node, Relation> relationOf, PostgresSession session)
    {
        foreach (var (entry, _) in manifest.Metrics)
        {
            var who = $"metric '{entry.Text("name")}'";
            var parameters = entry["type_params"];
            var inputs = new[]
            {
                parameters?["measure"], parameters?["numerator"], parameters?["denominator"], parameters?["cumulative_type_params"]?["metric"],
                parameters?["conversion_type_params"]?["base_measure"],
            }.Concat(parameters?["metrics"]?.Items ?? []);
            foreach (var filter in inputs.OfType<YamlValue>().Where(input => input.Map is not null).Select(input => input["filter"]).Append(entry["filter"]))
            {
                Filter(filter, who, relationOf, session);
            }

            // Filters of conversions are of another semantic model's rows; the dimension's own type is all that matters here.
            Filter(parameters?["conversion_type_params"]?["conversion_measure"] is { Map: not null } conversion ? conversion["filter"] : null, who, relationOf, session);
            Derived(entry, who, session);
        }

        foreach (var (entry, _) in manifest.SavedQueries)
        {
            Filter(entry["query_params"]?["where"], $"saved query '{entry.Text("name")}'", relationOf, session);
        }
    }

    private void Filter(YamlValue? filter, string who, Func<Graph.Node, Relation> relationOf, PostgresSession session)
    {
        foreach (var text in filter?.Items ?? (filter is null ? [] : [filter]))
        {
            if (text.AsText() is not { Length: > 0 } template)
            {
                continue;
            }

            var sql = Braces().Replace(template, match => Value(match.Groups["reference"].Value, relationOf));
            if (Refused(session, $"explain select 1 where ({sql})") is { } fault)
            {
                errors.Add(text.At, $"{who} filters by '{template.Trim()}': {fault}.");
            }
        }
    }

    /// <summary>Something of the type that the reference has.</summary>
    private string Value(string reference, Func<Graph.Node, Relation> relationOf)
    {
        if (Name().Match(reference) is not { Success: true } match || match.Groups["kind"].Value == "Metric")
        {
            return "null::numeric";
        }

        var name = match.Groups["name"].Value;
        var parts = name.Split("__");
        if (reference.Contains("date_part", StringComparison.Ordinal) || parts[^1].StartsWith("extract_", StringComparison.Ordinal))
        {
            return "1";
        }

        // A grain may stand in the name; the rest of it is what has the type.
        var isCut = Grain().IsMatch(reference) || manifest.CustomGrains.Any(grain => reference.Contains($"'{grain}'", StringComparison.Ordinal) || parts[^1] == grain);
        if (manifest.CustomGrains.Any(grain => reference.Contains($"'{grain}'", StringComparison.Ordinal) || parts[^1] == grain))
        {
            return "null";
        }

        if (parts[0] == "metric_time")
        {
            return "timestamp '2000-01-01'";
        }

        var kind = match.Groups["kind"].Value == "Entity" ? "entities" : "dimensions";
        var found = manifest.Models.SelectMany(model => (model.Entry[kind]?.Items ?? []).Select(part => (model, part)))
            .Where(pair => pair.part.Text("name") == parts[^1] || (parts.Length > 2 && pair.part.Text("name") == parts[^2]))
            .OrderByDescending(pair => parts.Length > 1 && HasEntity(pair.model, parts[^2]))
            .FirstOrDefault();
        if (found.model is null)
        {
            return "null";
        }

        var column = $"(select ({found.part.Text("expr") ?? found.part.Text("name")}) from {relationOf(found.model.Node).Qualified} limit 1)";
        return isCut && found.part.Text("type") == "time" ? $"({column})::timestamp" : column;
    }

    private static bool HasEntity(SemanticModel model, string name) =>
        model.Entry.Text("primary_entity") == name || (model.Entry["entities"]?.Items ?? []).Any(entity => entity.Text("name") == name);

    /// <summary>The expression over its inputs as numbers; a metric may also be a date or a text, then only unknown names are told.</summary>
    private void Derived(YamlValue entry, string who, PostgresSession session)
    {
        if (entry.Text("type") != "derived" || entry["type_params"]?["expr"] is not { } expr)
        {
            return;
        }

        var inputs = (entry["type_params"]?["metrics"]?.Items ?? [])
            .Select(input => input.Map is null ? input.AsText() : input.Text("alias") ?? input.Text("name")).OfType<string>().Distinct();
        var columns = string.Join(", ", inputs.Select(input => $"null::numeric as {Sql.Identifier(input)}").DefaultIfEmpty("1 as one"));
        if (Refused(session, $"explain select {expr.AsText()} from (select {columns}) as inputs") is { } fault
            && (fault.Contains("does not exist", StringComparison.Ordinal) && fault.StartsWith("column", StringComparison.Ordinal)
                || fault.StartsWith("syntax error", StringComparison.Ordinal)))
        {
            errors.Add(expr.At, $"{who} is derived by '{expr.AsText()}': {fault}. Its inputs are {string.Join(", ", inputs)}.");
        }
    }

    private static string? Refused(PostgresSession session, string sql)
    {
        try
        {
            session.Query(sql);
            return null;
        }
        catch (SqlException fault)
        {
            return fault.Message;
        }
    }

    [GeneratedRegex(@"\{\{(?<reference>.*?)\}\}", RegexOptions.Singleline)]
    private static partial Regex Braces();

    [GeneratedRegex(@"\b(?<kind>Dimension|TimeDimension|Entity|Metric)\(\s*['""](?<name>\w+)['""]")]
    private static partial Regex Name();

    [GeneratedRegex(@"['""](second|minute|hour|day|week|month|quarter|year)['""]|__(second|minute|hour|day|week|month|quarter|year)['""]")]
    private static partial Regex Grain();
}
