using System.Text.RegularExpressions;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;
using TimeGrainNames = Platform.Metrics.Catalogue.TimeGrainNames;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// Refuses semantic models and metrics that the built columns cannot answer, before anything is published: every error at once, each with
/// its file and line.
/// </summary>
internal sealed partial class SemanticValidator(SemanticManifest manifest, ProjectErrors errors)
{
    private static readonly string[] Aggregations =
        ["sum", "min", "max", "count", "count_distinct", "average", "median", "percentile", "sum_boolean"];

    private static readonly string[] Grains = [.. TimeGrainNames.All];

    private static readonly string[] MetricTypes = ["simple", "ratio", "derived", "cumulative", "conversion"];

    /// <summary>Names, types and references within the YAML; asks nothing of the warehouse.</summary>
    public void ValidateReferences()
    {
        Unique(manifest.Models.Select(model => (model.Entry, model.Node.PackageName)), "semantic model");
        Unique(manifest.Metrics, "metric");
        Unique(manifest.SavedQueries, "saved query");
        foreach (var model in manifest.Models)
        {
            ValidateModel(model);
        }

        var measures = manifest.Models.SelectMany(model => Names(model.Entry, "measures")).ToHashSet();
        var metrics = manifest.Metrics.ToDictionary(entry => entry.Entry, entry => References(entry.Entry));
        var names = manifest.Metrics.Select(entry => entry.Entry.Text("name")).OfType<string>().ToHashSet();
        foreach (var (entry, references) in metrics)
        {
            ValidateMetric(entry, references, measures, names);
        }

        ReportCycles(metrics);
        foreach (var (entry, _) in manifest.SavedQueries)
        {
            foreach (var metric in entry["query_params"]?["metrics"]?.Items ?? [])
            {
                Known(metric, names, $"saved query '{entry.Text("name")}' asks for metric");
            }

            foreach (var group in entry["query_params"]?["group_by"]?.Items ?? [])
            {
                ValidateDimensions(group);
            }

            ValidateFilter(entry["query_params"]?["where"]);
        }
    }

    /// <summary>Every expression of an entity, dimension or measure against the columns as built.</summary>
    /// <param name="relationOf">Where a node's rows are now: its candidate, or what is published.</param>
    /// <param name="columns">Columns of the nodes by unique id.</param>
    /// <param name="session">Checks expressions that are more than a column's name.</param>
    public void ValidateColumns(
        Func<Graph.Node, Relation> relationOf, IReadOnlyDictionary<string, IReadOnlyList<ColumnInfo>> columns, PostgresSession session)
    {
        foreach (var model in manifest.Models)
        {
            if (!columns.TryGetValue(model.Node.UniqueId, out var built))
            {
                errors.Add(model.Entry.At, $"semantic model '{model.Name}' describes '{model.Node.Name}', which is not built. Build it, or remove the semantic model.");
                continue;
            }

            var known = built.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var (kind, entry) in Parts(model))
            {
                var expression = entry.Text("expr") ?? entry.Text("name");
                if (expression is null)
                {
                    continue;
                }

                if (Identifier().IsMatch(expression))
                {
                    if (!known.Contains(expression.ToLowerInvariant()) && !known.Contains(expression))
                    {
                        errors.Add(
                            (entry["expr"] ?? entry).At,
                            $"{kind} '{entry.Text("name")}' reads column '{expression}', which '{model.Node.Name}' does not have. {Near(expression, known)}");
                    }
                }
                else if (Refused(session, relationOf(model.Node), expression) is { } fault)
                {
                    errors.Add((entry["expr"] ?? entry).At, $"{kind} '{entry.Text("name")}': {fault} in '{expression}' on '{model.Node.Name}'. {Near(null, known)}");
                }
            }
        }
    }

    private static IEnumerable<(string Kind, YamlValue Entry)> Parts(SemanticModel model) =>
        new[] { ("entity", "entities"), ("dimension", "dimensions"), ("measure", "measures") }
            .SelectMany(kind => (model.Entry[kind.Item2]?.Items ?? []).Select(entry => (kind.Item1, entry)));

    private static IEnumerable<string> Names(YamlValue entry, string list) =>
        (entry[list]?.Items ?? []).Select(item => item.Text("name")).OfType<string>();

    private static string? Refused(PostgresSession session, Relation relation, string expression)
    {
        try
        {
            session.Query($"select ({expression}) from {relation.Qualified} limit 0");
            return null;
        }
        catch (SqlException fault)
        {
            return fault.Message;
        }
    }

    private void ValidateModel(SemanticModel model)
    {
        foreach (var (kind, entry) in Parts(model))
        {
            entry.RequiredText("name", $"a {kind} of semantic model '{model.Name}'", errors);
        }

        foreach (var twins in Parts(model).GroupBy(part => part.Entry.Text("name")).Where(group => group.Key is not null && group.Count() > 1))
        {
            errors.Add(twins.Last().Entry.At, $"semantic model '{model.Name}' has two parts named '{twins.Key}'. Rename one.");
        }

        var times = (model.Entry["dimensions"]?.Items ?? []).Where(dimension => dimension.Text("type") == "time").Select(dimension => dimension.Text("name")).ToHashSet();
        var aggregateBy = model.Entry["defaults"]?["agg_time_dimension"];
        foreach (var measure in model.Entry["measures"]?.Items ?? [])
        {
            OneOf(measure, "agg", Aggregations, $"measure '{measure.Text("name")}'");
            var by = measure["agg_time_dimension"] ?? aggregateBy;
            if (by is null)
            {
                errors.Add(
                    measure.At,
                    $"measure '{measure.Text("name")}' has no time to be aggregated by. "
                    + "Set 'agg_time_dimension' on it, or under the model's 'defaults'.");
            }
            else if (!times.Contains(by.AsText()))
            {
                errors.Add(by.At, $"'{by.AsText()}' is no time dimension of semantic model '{model.Name}'. Its time dimensions: {string.Join(", ", times)}.");
            }

            if (measure["non_additive_dimension"]?["name"] is { } additive && !times.Contains(additive.AsText()))
            {
                errors.Add(additive.At, $"'{additive.AsText()}' is no time dimension of semantic model '{model.Name}'. Its time dimensions: {string.Join(", ", times)}.");
            }

            if (measure.Text("agg") == "percentile" && measure["agg_params"]?["percentile"] is not { Scalar: >= 0 and <= 1 or >= 0.0 and <= 1.0 })
            {
                errors.Add((measure["agg_params"] ?? measure).At, $"measure '{measure.Text("name")}' is a percentile and needs agg_params.percentile from 0 to 1.");
            }
        }

        foreach (var dimension in model.Entry["dimensions"]?.Items ?? [])
        {
            OneOf(dimension, "type", ["categorical", "time"], $"dimension '{dimension.Text("name")}'");
        }

        foreach (var entity in model.Entry["entities"]?.Items ?? [])
        {
            OneOf(entity, "type", ["primary", "unique", "foreign", "natural"], $"entity '{entity.Text("name")}'");
        }

        if (model.Entry["dimensions"]?.Items is { Count: > 0 } && model.Entry.Text("primary_entity") is null
            && (model.Entry["entities"]?.Items ?? []).All(entity => entity.Text("type") != "primary"))
        {
            errors.Add(
                model.Entry.At,
                $"semantic model '{model.Name}' has dimensions but no primary entity to address them by. "
                + "Give an entity type 'primary', or set 'primary_entity'.");
        }
    }

    private void ValidateMetric(YamlValue entry, IReadOnlyList<YamlValue> references, HashSet<string> measures, HashSet<string> metrics)
    {
        OneOf(entry, "type", MetricTypes, $"metric '{entry.Text("name")}'");
        var parameters = entry["type_params"];
        var needed = entry.Text("type") switch
        {
            "simple" => (string[])["measure"],
            "ratio" => ["numerator", "denominator"],
            "derived" => ["expr", "metrics"],
            "conversion" => ["conversion_type_params"],
            _ => [],
        };
        foreach (var key in needed.Where(key => parameters?[key] is null))
        {
            errors.Add(entry.At, $"metric '{entry.Text("name")}' is of type {entry.Text("type")} and needs type_params.{key}.");
        }

        var conversion = parameters?["conversion_type_params"];
        if (entry.Text("type") == "conversion" && conversion is not null)
        {
            ValidateConversion(entry, conversion);
        }

        // What names a metric has its measure by way of that.
        var read = new[]
        {
            parameters?["cumulative_type_params"]?["metric"] is null ? parameters?["measure"] : null,
            conversion?["base_metric"] is null ? conversion?["base_measure"] : null,
            conversion?["conversion_metric"] is null ? conversion?["conversion_measure"] : null,
        };
        foreach (var measure in read.OfType<YamlValue>())
        {
            Known(measure.Map is null ? measure : measure["name"] ?? measure, measures, $"metric '{entry.Text("name")}' reads measure");
            ValidateFilter(measure.Map is null ? null : measure["filter"]);
        }

        ValidateTimes(entry, references);

        foreach (var reference in references)
        {
            Known(reference.Map is null ? reference : reference["name"] ?? reference, metrics, $"metric '{entry.Text("name")}' reads metric");
            ValidateFilter(reference.Map is null ? null : reference["filter"]);
        }

        ValidateFilter(entry["filter"]);
    }

    private void ValidateConversion(YamlValue entry, YamlValue conversion)
    {
        if (conversion.Text("entity") is not { } entity || !Entities().Contains(entity))
        {
            errors.Add(
                (conversion["entity"] ?? conversion).At,
                $"metric '{entry.Text("name")}' follows entity '{conversion.Text("entity")}', which no semantic model has. {Near(conversion.Text("entity"), Entities())}");
        }

        if (conversion["calculation"] is not null)
        {
            OneOf(conversion, "calculation", ["conversions", "conversion_rate"], $"metric '{entry.Text("name")}'");
        }
    }

    /// <summary>Windows and grains: a count and a grain, a standard or a calendar's one.</summary>
    private void ValidateTimes(YamlValue entry, IReadOnlyList<YamlValue> references)
    {
        var parameters = entry["type_params"];
        var cumulative = parameters?["cumulative_type_params"];
        var windows = new[] { cumulative?["window"], parameters?["window"], parameters?["conversion_type_params"]?["window"] }
            .Concat(references.Where(reference => reference.Map is not null).Select(reference => reference["offset_window"]));
        foreach (var window in windows.OfType<YamlValue>())
        {
            if (window.AsText()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var count, var grain]
                || !int.TryParse(count, out var number) || number < 1 || !IsGrain(grain))
            {
                errors.Add(window.At, $"'{window.AsText()}' is no window. Write a count and a grain, such as 7 days.");
            }
        }

        var grains = new[] { cumulative?["grain_to_date"], parameters?["grain_to_date"], entry["time_granularity"] }
            .Concat(references.Where(reference => reference.Map is not null).Select(reference => reference["offset_to_grain"]));
        foreach (var grain in grains.OfType<YamlValue>().Where(grain => !IsGrain(grain.AsText() ?? "")))
        {
            errors.Add(grain.At, $"'{grain.AsText()}' is no grain. Use one of: {string.Join(", ", Grains)}.");
        }

        if (cumulative?["period_agg"] is not null)
        {
            OneOf(cumulative, "period_agg", ["first", "last", "average"], $"metric '{entry.Text("name")}'");
        }
    }

    private bool IsGrain(string text) =>
        Grains.Contains(text) || Grains.Contains(text.TrimEnd('s')) || manifest.CustomGrains.Contains(text) || manifest.CustomGrains.Contains(text.TrimEnd('s'));

    private static IReadOnlyList<YamlValue> References(YamlValue metric)
    {
        var parameters = metric["type_params"];
        var conversion = parameters?["conversion_type_params"];
        return [.. new[]
            {
                parameters?["numerator"], parameters?["denominator"], parameters?["cumulative_type_params"]?["metric"],
                conversion?["base_metric"], conversion?["conversion_metric"],
            }.OfType<YamlValue>(),
            .. parameters?["metrics"]?.Items ?? []];
    }

    private void ReportCycles(IReadOnlyDictionary<YamlValue, IReadOnlyList<YamlValue>> metrics)
    {
        var reads = new Dictionary<string, List<string>>();
        foreach (var (entry, references) in metrics.Where(entry => entry.Key.Text("name") is not null))
        {
            reads[entry.Text("name")!] = [.. references.Select(reference => reference.Map is null ? reference.AsText() : reference.Text("name")).OfType<string>()];
        }

        foreach (var (entry, _) in metrics)
        {
            var name = entry.Text("name");
            var seen = new HashSet<string>();
            var frontier = new Stack<string>(name is null ? [] : reads.GetValueOrDefault(name) ?? []);
            while (frontier.TryPop(out var next))
            {
                if (next == name)
                {
                    errors.Add(entry.At, $"metric '{name}' is computed from itself. Break the circle.");
                    break;
                }

                if (seen.Add(next))
                {
                    reads.GetValueOrDefault(next)?.ForEach(frontier.Push);
                }
            }
        }
    }

    private void ValidateFilter(YamlValue? filter)
    {
        foreach (var text in filter?.Items ?? (filter is null ? [] : [filter]))
        {
            ValidateDimensions(text);
        }
    }

    /// <summary><c>Dimension('customer__region')</c>, <c>TimeDimension('metric_time', 'day')</c>, <c>Entity('customer')</c> in a text.</summary>
    private void ValidateDimensions(YamlValue text)
    {
        foreach (Match match in Reference().Matches(text.AsText() ?? ""))
        {
            var name = match.Groups["name"].Value;
            var kind = match.Groups["kind"].Value;
            if (name == "metric_time" || (kind == "Entity" && Entities().Contains(name)))
            {
                continue;
            }

            var parts = name.Split("__");
            var found = parts.Length >= 2 && manifest.Models.Any(model =>
                HasEntity(model, parts[^2]) && Names(model.Entry, "dimensions").Contains(parts[^1]));
            if (kind == "Entity" || !found)
            {
                errors.Add(
                    text.At,
                    $"there is no {(kind == "Entity" ? "entity" : "dimension")} '{name}'. "
                    + "Dimensions are addressed as entity__dimension, such as customer__region.");
            }
        }
    }

    private HashSet<string> Entities() =>
        [.. manifest.Models.SelectMany(model => Names(model.Entry, "entities").Concat(model.Entry.Text("primary_entity") is { } primary ? [primary] : []))];

    private static bool HasEntity(SemanticModel model, string name) =>
        model.Entry.Text("primary_entity") == name
        || (model.Entry["entities"]?.Items ?? []).Any(entity => entity.Text("name") == name && entity.Text("type") is "primary" or "unique" or "natural");

    private void Unique(IEnumerable<(YamlValue Entry, string Package)> entries, string what)
    {
        var seen = new Dictionary<string, SourceLocation>();
        foreach (var (entry, _) in entries)
        {
            if (entry.RequiredText("name", $"a {what}", errors) is { } name && !seen.TryAdd(name, entry.At))
            {
                errors.Add(entry.At, $"{what} '{name}' is already declared at {seen[name]}. Rename or remove one.");
            }
        }
    }

    private void OneOf(YamlValue entry, string key, string[] allowed, string what)
    {
        if (entry.Text(key) is not { } value || !allowed.Contains(value))
        {
            errors.Add((entry[key] ?? entry).At, $"{what} has {key} '{entry.Text(key)}'. Use one of: {string.Join(", ", allowed)}.");
        }
    }

    private void Known(YamlValue name, HashSet<string> known, string what)
    {
        if (name.AsText() is not { } text || !known.Contains(text))
        {
            errors.Add(name.At, $"{what} '{name.AsText()}', which does not exist. {Near(name.AsText(), known)}");
        }
    }

    private static string Near(string? name, IEnumerable<string> known)
    {
        var all = known.Order(StringComparer.Ordinal).ToList();
        var near = name is null ? null : all.FirstOrDefault(candidate =>
            candidate.Contains(name, StringComparison.OrdinalIgnoreCase) || name.Contains(candidate, StringComparison.OrdinalIgnoreCase));
        return near is not null ? $"Did you mean '{near}'?" : $"There are: {string.Join(", ", all)}.";
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_$]*$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\b(?<kind>Dimension|TimeDimension|Entity)\(\s*['""](?<name>\w+)['""]")]
    private static partial Regex Reference();
}
