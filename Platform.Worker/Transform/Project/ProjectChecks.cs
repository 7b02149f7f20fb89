using System.Globalization;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Project;

/// <summary>What must hold between the nodes of a project, and within the configuration of each.</summary>
internal sealed class ProjectChecks(ParseScope scope)
{
    private static readonly string[] BatchSizes = ["hour", "day", "month", "year"];

    /// <summary>Names and relations that two enabled resources share.</summary>
    public void Duplicates(IReadOnlyList<ParsedNode> enabled)
    {
        var ids = new Dictionary<string, Node>(enabled.Count);
        var names = new Dictionary<(string Package, string Name), Node>();
        var relations = new Dictionary<(string? Database, string Schema, string Alias), Node>();
        foreach (var node in enabled.Select(parsed => parsed.Node))
        {
            if (!ids.TryAdd(node.UniqueId, node))
            {
                ReportTwins(node, ids[node.UniqueId]);
                continue;
            }

            if (!node.IsReferable)
            {
                continue;
            }

            if (node.Version is null && !names.TryAdd((node.PackageName, node.Name), node))
            {
                ReportNames(node, names[(node.PackageName, node.Name)]);
            }

            if (!relations.TryAdd((node.Database, node.Schema, node.Alias), node))
            {
                var other = relations[(node.Database, node.Schema, node.Alias)];
                scope.Errors.Add(
                    node.At,
                    $"two resources would be built as \"{node.Schema}\".\"{node.Alias}\": {other.OriginalFilePath} and {node.OriginalFilePath}. "
                    + "Give one another alias or schema.");
            }
        }

        foreach (var node in ids.Values.Where(node => node.Version is not null && names.ContainsKey((node.PackageName, node.Name))))
        {
            scope.Errors.Add(
                names[(node.PackageName, node.Name)].At,
                $"the model '{node.Name}' exists with versions and without: {node.OriginalFilePath} is version {node.Version}. Rename one, or list it as a version.");
        }
    }

    /// <summary>Settings of snapshots and microbatch models that cannot work.</summary>
    public void Configurations(IEnumerable<ParsedNode> enabled)
    {
        foreach (var node in enabled.Select(parsed => parsed.Node))
        {
            ConfigTypes.Check(node, scope.Errors);
            if (ArtifactPaths.LeadsOut(node))
            {
                scope.Errors.Add(node.At, $"the name '{node.Name}' of this {node.ResourceTypeName} leads out of the target folder. Use letters, digits and underscores.");
            }

            CheckSpaces(node);
            if (node.ResourceType is ResourceType.Snapshot)
            {
                CheckSnapshot(node);
            }
            else if (node.ResourceType is ResourceType.Model && node.Config.Materialized == "incremental" && node.Config.IncrementalStrategy == "microbatch")
            {
                CheckMicrobatch(node);
            }
            else if (node.ResourceType is ResourceType.Test && node.Config.Text("severity")?.ToUpperInvariant() is not ("WARN" or "ERROR"))
            {
                scope.Errors.Add(node.At, $"the severity of test '{node.Name}' is '{node.Config.Text("severity")}'. It is error or warn.");
            }
        }
    }

    /// <summary>Properties that switch on a resource of which there are several, all of them switched off in their files.</summary>
    public void DisabledTwins(Properties properties, IReadOnlyList<ParsedNode> enabled, ILookup<string, Node> disabled)
    {
        var ids = enabled.Select(node => node.Node.UniqueId).ToHashSet();
        foreach (var patch in properties.Patches.Where(patch => patch.Config.GetValueOrDefault("enabled") is true))
        {
            var twins = disabled[patch.Name].Where(node => node.IsReferable && node.PackageName == patch.PackageName && $"{node.ResourceTypeName}s" == patch.Kind)
                .GroupBy(node => node.UniqueId).Where(nodes => nodes.Count() > 1 && !ids.Contains(nodes.Key));
            foreach (var nodes in twins)
            {
                scope.Errors.Add(
                    patch.At,
                    $"Found {nodes.Count()} matching disabled nodes for {nodes.First().ResourceTypeName} '{patch.Name}', which 'enabled: true' cannot tell apart: "
                    + $"{string.Join(", ", nodes.Select(node => node.OriginalFilePath))}. Enable one of them in its own file.");
            }
        }
    }

    /// <summary>Groups that nodes name and nobody declares.</summary>
    public void Groups(IEnumerable<ParsedNode> enabled, IReadOnlyDictionary<string, GroupDefinition> groups)
    {
        var known = groups.Values.Select(group => group.Name).ToHashSet();
        foreach (var node in enabled.Select(parsed => parsed.Node).Where(node => node.Group is not null && !known.Contains(node.Group)))
        {
            scope.Errors.Add(
                node.At, $"'{node.Name}' is in the group '{node.Group}', which no properties file declares. Declare it under 'groups:', or correct the name.");
        }
    }

    /// <summary>Models that are to go away, and who still uses them.</summary>
    public void Deprecations(NodeGraph graph, DateTimeOffset now)
    {
        foreach (var node in graph.Ordered.Where(node => node.DeprecationDate is not null))
        {
            if (!DateTimeOffset.TryParse(node.DeprecationDate, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            {
                scope.Errors.Add(node.At, $"the deprecation_date of '{node.Name}' is '{node.DeprecationDate}'. Write a date: 2026-12-31.");
                continue;
            }

            var isPast = date < now;
            if (isPast)
            {
                scope.Errors.Warn(node.At, "DeprecatedModel", $"'{node.Name}' is deprecated since {node.DeprecationDate}. Remove it, or move the date.");
            }

            foreach (var child in graph.Children(node.UniqueId).Select(id => graph[id]).Where(child => child.ResourceType is ResourceType.Model))
            {
                scope.Errors.Warn(
                    child.At,
                    isPast ? "DeprecatedReference" : "UpcomingReferenceDeprecation",
                    $"'{child.Name}' refers to '{node.Name}', which {(isPast ? "is" : "will be")} deprecated on {node.DeprecationDate}. Refer to its successor.");
            }
        }
    }

    /// <summary>Microbatch models whose batches would all read the whole of every input.</summary>
    public void Microbatches(NodeGraph graph)
    {
        foreach (var node in graph.Ordered.Where(node => MicrobatchPlan.Applies(node) && node.Rollup is null
            && !node.DependsOn.Any(id => graph.Contains(id) && graph[id].Config.Text("event_time") is { Length: > 0 })))
        {
            scope.Errors.Warn(
                node.At,
                "MicrobatchModelNoEventTimeInputs",
                $"no input of the microbatch model '{node.Name}' has an 'event_time': every batch reads all of their rows, and rows may come twice. Configure it on a ref or source.");
        }
    }

    /// <summary>Columns that a time spine names and its model does not describe.</summary>
    public void TimeSpines(Properties properties)
    {
        foreach (var patch in properties.Patches.Where(patch => patch.Kind == "models" && patch.Entry["time_spine"] is not null))
        {
            var spine = patch.Entry["time_spine"]!;
            var columns = (patch.Entry["columns"]?.Items ?? []).Where(column => column.Text("name") is not null).ToLookup(column => column.Text("name")!);
            if (spine.Text("standard_granularity_column") is { } standard)
            {
                if (!columns.Contains(standard))
                {
                    scope.Errors.Add(spine.At, $"the time spine '{patch.Name}' has the standard_granularity_column '{standard}', which is not among the columns described. Describe it, or correct the name.");
                }
                else if (columns[standard].All(column => column["granularity"] is null))
                {
                    scope.Errors.Add(spine.At, $"the column '{standard}' of the time spine '{patch.Name}' has no 'granularity'. Add it: 'granularity: day'.");
                }
            }

            foreach (var custom in (spine["custom_granularities"]?.Items ?? []).Select(item => item.Text("column_name") ?? item.Text("name")).OfType<string>().Where(name => !columns.Contains(name)))
            {
                scope.Errors.Add(spine.At, $"the time spine '{patch.Name}' has a custom granularity in the column '{custom}', which is not among the columns described. Describe it, or correct the name.");
            }
        }
    }

    /// <summary>Properties that describe nothing.</summary>
    public void UnusedProperties(Properties properties, PatchIndex index, ILookup<string, Node> nodes, IReadOnlySet<(string Package, string Name)> macros)
    {
        foreach (var patch in properties.Patches.Where(patch => !index.IsUsed(patch)))
        {
            if (patch.Kind == "macros")
            {
                if (!macros.Contains((patch.PackageName, patch.Name)))
                {
                    scope.Errors.Warn(patch.At, "MacroNotFoundForPatch", $"there is no macro '{patch.Name}' for these properties.");
                }

                continue;
            }

            var singular = patch.Kind switch { "analyses" => "analysis", "data_tests" or "tests" => "test", var kind => kind.TrimEnd('s') };
            var other = nodes[patch.Name].FirstOrDefault(node => node.IsReferable && node.ResourceTypeName != singular);
            scope.Errors.Warn(
                patch.At,
                other is not null ? "WrongResourceSchemaFile" : "NoNodeForYamlKey",
                other is not null ? $"'{patch.Name}' is a {other.ResourceTypeName}, and its properties stand below '{patch.Kind}:'. Move them."
                : patch.Version is not null ? $"there is no file {patch.FileName}.sql for version {patch.Version} of '{patch.Name}'."
                : $"there is no {singular} '{patch.Name}' for these properties.");
        }
    }

    /// <summary>Configuration in dbt_project.yml that applies to nothing.</summary>
    public void UnusedConfigurations(IEnumerable<Node> nodes)
    {
        var root = scope.Invocation.Packages[0].Project;
        var used = new HashSet<ConfigTree>();
        foreach (var node in nodes)
        {
            used.UnionWith(root.Configs[node.ResourceType].Levels(node.Fqn));
        }

        foreach (var (type, path) in root.Configs.All.Where(section => section.Type is not ResourceType.Analysis)
            .SelectMany(section => section.Tree.Unused(used).Select(path => (section.Type, path))))
        {
            scope.Errors.Warn(root.At, "UnusedResourceConfigPath", $"nothing is configured by '{type.Name()}s: {string.Join('.', path)}': no such folder or name. Correct the path, or remove it.");
        }
    }

    private void ReportTwins(Node node, Node other)
    {
        if (node.ResourceType is ResourceType.Test && node.Test is not null)
        {
            scope.Errors.Add(node.At, $"the test '{node.Name}' is declared twice, also at {other.At}. Remove one, or give one a 'name'.");
            return;
        }

        if (node.ResourceType is ResourceType.UnitTest or ResourceType.Exposure)
        {
            scope.Errors.Add(node.At, $"{node.ResourceTypeName.Replace('_', ' ')} '{node.Name}' is already declared at {other.At}. Rename one.");
            return;
        }

        scope.Errors.Add(
            node.At,
            $"two resources are named '{node.Name}': {other.OriginalFilePath} and {node.OriginalFilePath}. ref('{node.Name}') could mean either; rename one.");
    }

    private void ReportNames(Node node, Node other)
    {
        var message = $"two resources are named '{node.Name}': {other.OriginalFilePath} and {node.OriginalFilePath}. ref('{node.Name}') could mean either; rename one.";
        if (scope.Package(node.PackageName).Project.Flag("require_unique_project_resource_names") || other.ResourceType == node.ResourceType)
        {
            scope.Errors.Add(node.At, message);
        }
        else
        {
            scope.Errors.Warn(node.At, "DuplicateNameDistinctNodeTypesDeprecation", message);
        }
    }

    /// <summary>Sources, exposures and what belongs to the semantic layer may have spaces in their names.</summary>
    private void CheckSpaces(Node node)
    {
        if (!node.Name.Contains(' ', StringComparison.Ordinal)
            || !(node.IsReferable || node.ResourceType is ResourceType.Test or ResourceType.Analysis))
        {
            return;
        }

        var message = $"the name '{node.Name}' of this {node.ResourceTypeName} has a space in it. Use an underscore.";
        if (scope.Invocation.Packages[0].Project.Flags.GetValueOrDefault("require_resource_names_without_spaces", true) is false)
        {
            scope.Errors.Warn(node.At, "ResourceNamesWithSpacesDeprecation", message);
        }
        else
        {
            scope.Errors.Add(node.At, message + " Or set the flag require_resource_names_without_spaces to false.");
        }
    }

    private void CheckSnapshot(Node node)
    {
        var config = node.Config;
        var fault = (config.Text("strategy"), config.UniqueKey.Count) switch
        {
            (null, _) => "has no 'strategy'. Set it to timestamp or check.",
            (_, 0) => "has no 'unique_key'. Name the column or columns that identify a row.",
            ("timestamp", _) when config.Text("updated_at") is null => "has the strategy timestamp and no 'updated_at'. Name the column that says when a row changed.",
            ("timestamp", _) when config["check_cols"] is not null => "has the strategy timestamp and 'check_cols'. Remove one of the two.",
            ("check", _) when config.Texts("check_cols") is [] or [""] => "has the strategy check and no 'check_cols'. List columns, or write 'all'.",
            ("check", _) when config["check_cols"] is string text && text != "all" => $"has 'check_cols: {text}'. Write a list of columns, or 'all'.",
            _ when config.Materialized != "snapshot" => $"is materialized as '{config.Materialized}'. Remove the setting.",
            _ => null,
        };
        if (fault is not null)
        {
            scope.Errors.Add(node.At, $"the snapshot '{node.Name}' {fault}");
        }
    }

    private void CheckMicrobatch(Node node)
    {
        var config = node.Config;
        var fault = config["event_time"] is not string ? "no 'event_time'. Name the column that holds the time of an event"
            : config["begin"] is null ? "no 'begin'. Give the earliest time, such as '2024-01-01'"
            : !DateTime.TryParse(config.Text("begin"), CultureInfo.InvariantCulture, out _) ? $"the 'begin' '{config.Text("begin")}', which is no ISO date or time"
            : !BatchSizes.Contains(config.Text("batch_size")) ? $"the 'batch_size' '{config.Text("batch_size")}'. It is {string.Join(", ", BatchSizes)}"
            : config["lookback"] is not (long or null) ? $"the 'lookback' '{config.Text("lookback")}', which is no whole number"
            : config["concurrent_batches"] is not (bool or null) ? "'concurrent_batches' that is neither true nor false"
            : null;
        if (fault is not null)
        {
            scope.Errors.Add(node.At, $"the microbatch model '{node.Name}' has {fault}.");
        }
    }
}
