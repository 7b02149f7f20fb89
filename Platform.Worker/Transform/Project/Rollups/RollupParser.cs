using System.Text;
using System.Text.RegularExpressions;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project.Rollups;

/// <summary>
/// Makes models of saved queries whose config says <c>meta: {rollup: true}</c>: for each semantic model and time that its metrics are of, a table
/// of the measures that can be put together from parts, by what the saved query groups and filters by.
/// </summary>
internal sealed partial class RollupParser
{
    private const int MaxName = 63;
    private const string EventTimeColumn = "event_time";

    private readonly ParseScope _scope;
    private readonly IReadOnlyList<Node> _queries;
    private readonly Dictionary<string, RollupModel> _models;
    private readonly RollupElements _elements;
    private readonly RollupMeasures _measures;

    /// <param name="scope">Where faults go.</param>
    /// <param name="references">What semantic models describe.</param>
    /// <param name="semantics">Enabled semantic models, metrics and saved queries.</param>
    public RollupParser(ParseScope scope, RefIndex references, IEnumerable<Node> semantics)
    {
        _scope = scope;
        var nodes = semantics.ToLookup(node => node.ResourceType);
        _queries = [.. nodes[ResourceType.SavedQuery].Where(node => node.Config.Meta.GetValueOrDefault("rollup") is true)];
        var models = _queries.Count == 0 ? [] : nodes[ResourceType.SemanticModel]
            .Select(node => references.Find(node.Refs[0].Package, node.Refs[0].Name, node.Refs[0].Version, node.PackageName) is { } facts
                ? new RollupModel(node, SemanticDefinition.Of(node), facts)
                : null)
            .OfType<RollupModel>().DistinctBy(model => model.Name).OrderBy(model => model.Name, StringComparer.Ordinal).ToList();
        _models = models.ToDictionary(model => model.Name);
        _elements = new RollupElements(models);
        _measures = new RollupMeasures(
            nodes[ResourceType.Metric].DistinctBy(node => node.Name).ToDictionary(node => node.Name, node => _queries.Count == 0 ? node.Definition! : SemanticDefinition.Of(node)),
            models);
    }

    public IReadOnlyList<ParsedNode> Parse() => _queries.SelectMany(Parse).ToList();

    private IEnumerable<ParsedNode> Parse(Node query)
    {
        var asked = query.Definition!["query_params"];
        var used = YamlValue.Texts(asked?["metrics"]).SelectMany(_measures.Of).Where(use => RollupMeasures.Values(use.Measure).Any()).ToList();
        if (used.Count == 0)
        {
            _scope.Errors.Add(
                query.At, $"saved query '{query.Name}' is declared as a rollup, and none of its measures can be put together from those of parts. "
                + "Those are sum, count, min, max, sum_boolean and average, not over a non-additive dimension.");
        }

        var groups = used.GroupBy(use => (use.Model, Time: use.Measure.Text("agg_time_dimension") ?? use.Model.DefaultTime));
        return groups.Where(group => group.Key.Time is not null).Select(group => Parse(query, asked, group.Key.Model, group.Key.Time!, [.. group])).OfType<ParsedNode>();
    }

    private ParsedNode? Parse(Node query, YamlValue? asked, RollupModel model, string time, IReadOnlyList<RollupMeasures.Used> used)
    {
        var keys = new List<RollupKey>();
        var isHeld = true;
        foreach (var item in asked?["group_by"]?.Items ?? [])
        {
            if (References(item.AsText() ?? "", isCondition: false).All(reference => Add(keys, model, time, reference.Name, reference.Grain)))
            {
                continue;
            }

            isHeld = false;
            _scope.Errors.Add(
                item.At,
                $"saved query '{query.Name}' is declared as a rollup, and '{item.AsText()}' is nothing that a rollup of semantic model '{model.Name}' can hold: "
                + "a dimension or entity by a name that is clear, not of a version that is valid for a time only.");
        }

        if (!isHeld)
        {
            return null;
        }

        // What only filters need makes the rollup serve their metrics, too; without it they are answered from the facts.
        var filters = used.SelectMany(use => use.Filters).Concat(YamlValue.Texts(asked?["where"])).Distinct();
        foreach (var (name, grain) in filters.SelectMany(filter => References(filter, isCondition: true)))
        {
            Add(keys, model, time, name, grain);
        }

        var definition = new RollupDefinition(
            query.Name, model.Name, keys, [.. used.SelectMany(use => RollupMeasures.Values(use.Measure)).DistinctBy(value => value.Column).OrderBy(value => value.Column, StringComparer.Ordinal)]);
        return Make(query, model, time, Columned(definition));
    }

    /// <summary>Adds a key, or makes one that is there finer; false when it cannot be held.</summary>
    private bool Add(List<RollupKey> keys, RollupModel model, string time, string name, string? grain)
    {
        var isMetricTime = name == "metric_time";
        var element = isMetricTime
            ? model.Dimensions.FirstOrDefault(dimension => dimension.Text("name") == time) is { } dimension
                ? new RollupElements.Element([name], [], dimension, true, true)
                : null
            : _elements.Find(model, name);
        if (element is not { IsSteady: true })
        {
            return false;
        }

        var (expr, period) = (RollupModel.Expr(element.Part), (string?)null);
        if (element.IsTime)
        {
            var own = element.Part["type_params"]?.Text("time_granularity") ?? RollupGrains.Day;
            period = RollupGrains.AtLeast(grain is null ? isMetricTime ? RollupGrains.Day : own : RollupGrains.IsStandard(grain) ? grain : RollupGrains.Day, own);
        }

        var at = keys.FindIndex(key => key.Expr == expr && key.Path.SequenceEqual(element.Path));
        if (at < 0)
        {
            keys.Add(new RollupKey($"by_{name}", expr, period, element.Path));
        }
        else if (period is not null && keys[at].Grain is { } before)
        {
            keys[at] = keys[at] with { Grain = RollupGrains.Common(before, period) };
        }

        return true;
    }

    private ParsedNode Make(Node query, RollupModel model, string time, RollupDefinition definition)
    {
        var package = _scope.Package(query.PackageName);
        var name = Short($"rollup_{query.Name}__{model.Name}{(time == model.DefaultTime ? "" : $"__{time}")}");
        var config = new Dictionary<string, object?>
        {
            ["materialized"] = "table", ["schema"] = "rollups", ["tags"] = new List<object?> { "rollup" }, ["access"] = "protected", ["group"] = model.Facts.Group,
            ["contract"] = new Dictionary<string, object?> { ["enforced"] = false },
            ["meta"] = new Dictionary<string, object?> { ["rollup_of"] = query.Name },
        };
        string? eventTime = null;
        if (IsByBatches(model, time, definition))
        {
            eventTime = model.Facts.Config.Text("event_time")!;
            definition = definition with { Keys = [.. definition.Keys, new RollupKey(EventTimeColumn, eventTime, model.Facts.Config.Text("batch_size"), [])] };
            (config["materialized"], config["incremental_strategy"], config["event_time"]) = ("incremental", "microbatch", EventTimeColumn);
            (config["batch_size"], config["begin"]) = (model.Facts.Config["batch_size"], model.Facts.Config["begin"]);
            config["indexes"] = new List<object?> { new Dictionary<string, object?> { ["columns"] = new List<object?> { EventTimeColumn } } };
        }

        var sql = RollupSql.Of(model, definition, _models, eventTime);
        if (eventTime is not null)
        {
            // Of another definition the rows that are there are none: it is another table.
            config["alias"] = Short($"{name}_{ProjectParser.Sha256(sql)[..8]}");
        }

        string[] fqn = [package.Name, "rollups", name];
        var settings = _scope.Configs.For(ResourceType.Model, package, fqn, new Dictionary<string, object?>(), config);
        var node = new HookParser(_scope).Apply(
            new Node
            {
                UniqueId = $"model.{package.Name}.{name}",
                Name = name,
                ResourceType = ResourceType.Model,
                PackageName = package.Name,
                Path = $"rollups/{name}.sql",
                OriginalFilePath = query.OriginalFilePath,
                Fqn = fqn,
                Config = settings,
                UnrenderedConfig = config,
                At = query.At,
                RawCode = sql,
                Template = GlobalProject.Environment.Parse(sql, query.OriginalFilePath, package.Name),
                Checksum = ProjectParser.Sha256(sql),
                Description = $"Rows of semantic model {model.Name}, aggregated as saved query {query.Name} asks for them.",
                Columns = Described(definition),
                Quoting = _scope.Quoting(settings.Map("quoting")),
                Language = "sql",
                Group = settings.Text("group"),
                Contract = new ModelContract(false, true, null),
                Rollup = definition,
            },
            null);
        var refs = definition.Keys.SelectMany(key => key.Path).Select(step => _models[step.SemanticModel].Node.Refs[0]).Prepend(model.Node.Refs[0]);
        return new ParsedNode(_scope.Names.Apply(node with { Refs = [.. refs.Concat(node.Refs).Distinct()] }));
    }

    /// <summary>
    /// The facts are built by batches, and the rollup is by day and of their own columns only: then each batch's rows depend on that batch alone. What
    /// is looked up may be another tomorrow for any of them.
    /// </summary>
    private static bool IsByBatches(RollupModel model, string time, RollupDefinition definition) =>
        model.Facts.ResourceType is ResourceType.Model && model.Facts.Config is { Materialized: "incremental", IncrementalStrategy: "microbatch" } config
        && config.Text("event_time") is not null && RollupGrains.IsStandard(config.Text("batch_size"))
        && definition.Keys.All(key => key.Path.Count == 0)
        && definition.Keys.Any(key => key.Grain is not null and not ("week" or "month" or "quarter" or "year")
            && key.Expr == RollupModel.Expr(model.Dimensions.First(dimension => dimension.Text("name") == time)));

    private static Dictionary<string, ColumnPatch> Described(RollupDefinition definition) => definition.Keys
        .Select(key => (key.Column, Description: $"Grouped by {string.Concat(key.Path.Select(step => step.SemanticModel + ": "))}{key.Expr}{(key.Grain is null ? "" : $", by {key.Grain}")}."))
        .Concat(definition.Values.Select(value => (value.Column, Description: $"{value.Agg} of {value.Expr}.")))
        .ToDictionary(column => column.Column, column => new ColumnPatch(column.Column, column.Description, null, [], new Dictionary<string, object?>(), null));

    /// <summary>Columns by what they hold: names that PostgreSQL keeps whole, no two alike.</summary>
    private static RollupDefinition Columned(RollupDefinition definition) => definition with
    {
        Keys = [.. definition.Keys.Select(key => key with { Column = Short(key.Grain is null ? key.Column : $"{key.Column}__{key.Grain}") })],
        Values = [.. definition.Values.Select(value => value with { Column = Short(value.Column) })],
    };

    private static string Short(string name)
    {
        var plain = NoLetter().Replace(name.ToLowerInvariant(), "_");
        return plain == name && Encoding.UTF8.GetByteCount(plain) <= MaxName ? plain : $"{plain[..Math.Min(plain.Length, MaxName - 9)]}_{ProjectParser.Sha256(name)[..8]}";
    }

    /// <summary>Dimensions and entities that a text refers to.</summary>
    private static IEnumerable<(string Name, string? Grain)> References(string text, bool isCondition)
    {
        var found = Reference().Matches(text).Select(match => (match.Groups["name"].Value.ToLowerInvariant(), Text(match.Groups["grain"]) ?? Text(match.Groups["dotted"]))).ToList();
        return (found.Count > 0 || isCondition ? found : [(text.Trim().ToLowerInvariant(), null)]).Select(reference => Split(reference.Item1, reference.Item2));

        static string? Text(Group group) => group.Success ? group.Value.ToLowerInvariant() : null;
    }

    /// <summary>A grain or a date part at the end of a name is none of its parts.</summary>
    private static (string Name, string? Grain) Split(string name, string? grain)
    {
        var last = name.LastIndexOf("__", StringComparison.Ordinal);
        var end = last < 0 ? "" : name[(last + 2)..];
        return RollupGrains.IsStandard(end) ? (name[..last], grain ?? end)
            : end.StartsWith("extract_", StringComparison.Ordinal) ? (name[..last], grain ?? RollupGrains.Day)
            : (name, grain);
    }

    [GeneratedRegex("[^a-z0-9_]")]
    private static partial Regex NoLetter();

    [GeneratedRegex(
        @"(?:TimeDimension|Dimension|Entity)\(\s*(['""])(?<name>[^'""]+)\1(?:\s*,\s*(['""])(?<grain>\w+)\2)?[^)]*\)(?:\s*\.\s*(?:grain|date_part)\(\s*['""](?<dotted>\w+)['""]\s*\))?")]
    private static partial Regex Reference();
}
