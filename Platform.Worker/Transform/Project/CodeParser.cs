using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Makes nodes of files: models, analyses, singular tests, seeds, and the blocks of snapshot files. Code is rendered once without a
/// database to learn its refs and configuration (dbt's parsing phase).
/// </summary>
internal sealed class CodeParser(ParseScope scope, PatchIndex patches)
{
    private static readonly string[] AccessLevels = ["private", "protected", "public"];
    private static readonly Dictionary<string, object?> Nothing = [];

    private readonly HookParser _hooks = new(scope);

    /// <summary>The node of a file other than a snapshot file.</summary>
    public ParsedNode? Parse(Package package, SourceFile file, ResourceType type)
    {
        var patch = patches.OfFile(type, package.Name, file.Name);
        if (type is ResourceType.Seed)
        {
            return Make(package, file, type, file.Name, patch, null, "", null);
        }

        return ParseScope.ParseTemplate(package, file, scope.Errors) is { } template
            ? Parse(package, file, type, file.Name, patch, template, file.Text.Trim())
            : null;
    }

    /// <summary>The nodes of the snapshot blocks of a file.</summary>
    public IEnumerable<ParsedNode> ParseSnapshots(Package package, SourceFile file)
    {
        if (ParseScope.ParseTemplate(package, file, scope.Errors) is not { } template)
        {
            return [];
        }

        return template.TaggedBlocks.Where(block => block.TagName == "snapshot")
            .Select(block => Parse(
                package, file, ResourceType.Snapshot, block.Name, patches.OfFile(ResourceType.Snapshot, package.Name, block.Name), block.Body, block.BodyText,
                template.Locate(block.Start).Line))
            .OfType<ParsedNode>();
    }

    /// <summary>The node of a snapshot that YAML declares with <c>relation:</c>.</summary>
    public ParsedNode? ParseSnapshot(ResourcePatch patch)
    {
        var at = patch.Entry["relation"]!.At;
        if (patch.Entry.Text("relation") is not { } relation || ReferenceText.Read(relation) is not { } reference || reference.Metric is not null)
        {
            scope.Errors.Add(at, $"the relation of snapshot '{patch.Name}' is neither ref('name') nor source('source', 'table').");
            return null;
        }

        var code = $"select * from {{{{ {relation} }}}}";
        var template = GlobalProject.Environment.Parse(code, patch.File.Path, patch.PackageName);
        var package = scope.Package(patch.PackageName);
        return Parse(package, patch.File, ResourceType.Snapshot, patch.Name, patch, template, code, patch.At.Line) is { } parsed
            ? parsed with { Node = parsed.Node with { At = at }, Template = null }
            : null;
    }

    private ParsedNode? Parse(
        Package package, SourceFile file, ResourceType type, string name, ResourcePatch? patch, Template template, string code, int line = 1)
    {
        var context = new ParseContext(scope.Invocation, package.Name, file.Path) { LeavesVariables = true };
        return scope.Render(context, template, file.At(line)) ? Make(package, file, type, name, patch, template, code, context, line) : null;
    }

    private ParsedNode Make(
        Package package, SourceFile file, ResourceType type, string fileName, ResourcePatch? patch, Template? template, string code, ParseContext? context, int line = 1)
    {
        var name = patch?.Version is null ? fileName : patch.Name;
        var version = patch?.Version is { } number ? $"v{number}" : null;
        var fqn = Fqn(package, file, type, name, version, patch);
        var calls = context?.ConfigCalls ?? Nothing;
        var config = scope.Configs.For(type, package, fqn, patch?.Config ?? Nothing, calls);
        var path = type is ResourceType.Analysis ? $"analysis/{file.PathInFolder}"
            : patch?.Entry["relation"] is not null && type is ResourceType.Snapshot ? $"{file.PathInFolder}/{name}.sql"
            : file.PathInFolder;
        var node = new Node
        {
            UniqueId = $"{type.Name()}.{package.Name}.{name}{(version is null ? "" : "." + version)}",
            Name = name,
            ResourceType = type,
            PackageName = package.Name,
            Path = path,
            OriginalFilePath = file.Path,
            FullPath = file.FullPath,
            Fqn = fqn,
            Config = config,
            UnrenderedConfig = scope.Configs.Unrendered(type, package, fqn, patch?.UnrenderedConfig ?? Nothing, Written(calls, template)),
            At = file.At(line),
            RawCode = code,
            Template = template,
            Checksum = type is ResourceType.Seed ? "" : ProjectParser.Sha256(file.Text.Trim()),
            Description = patch is null ? "" : scope.Describe(patch.PackageName, patch.Description, patch.At),
            Columns = patch is null ? ColumnPatch.None : scope.Describe(patch),
            PatchPath = patch is null ? null : $"{patch.PackageName}://{patch.File.Path}",
            Quoting = scope.Quoting(config.Map("quoting")),
            Language = type is ResourceType.Seed ? null : "sql",
            Version = patch?.Version,
            LatestVersion = patch?.LatestVersion,
            Group = config.Text("group"),
            Access = type is ResourceType.Model ? config.Text("access") ?? "protected" : "protected",
            DeprecationDate = type is ResourceType.Model ? patch?.DeprecationDate : null,
            Constraints = type is ResourceType.Model && patch is not null ? patch.Constraints : [],
            Refs = context is null ? [] : [.. context.Refs.Distinct()],
            SourceCalls = context is null ? [] : [.. context.Sources.Distinct()],
        };
        node = config.Enabled ? _hooks.Apply(node, context) : node;
        return new ParsedNode(scope.Names.Apply(type is ResourceType.Model ? Govern(node, patch) : node), template);
    }

    /// <summary>What the config() calls say; with the flag for it, expressions as they are written, so that another variable is no other configuration.</summary>
    private IReadOnlyDictionary<string, object?> Written(IReadOnlyDictionary<string, object?> calls, Template? template)
    {
        if (calls.Count == 0 || template is null || !scope.Invocation.Packages[0].Project.ComparesUnrendered)
        {
            return calls;
        }

        var written = new Dictionary<string, object?>(calls);
        foreach (var (name, expression) in template.FindCalls("config").SelectMany(call => call.Expressions))
        {
            written[name] = expression;
        }

        return written;
    }

    private static List<string> Fqn(Package package, SourceFile file, ResourceType type, string name, string? version, ResourcePatch? patch) => type switch
    {
        ResourceType.Analysis => ParseScope.Fqn(package.Name, $"analysis/{file.PathInFolder}", name),
        ResourceType.Snapshot when patch?.Entry["relation"] is null => ParseScope.Fqn(package.Name, file.PathInFolder, file.Name, name),
        _ when version is not null => ParseScope.Fqn(package.Name, file.PathInFolder, name, version),
        _ => ParseScope.Fqn(package.Name, file.PathInFolder, name),
    };

    /// <summary>Contract, constraints and access of a model.</summary>
    private Node Govern(Node node, ResourcePatch? patch)
    {
        var place = patch?.At ?? node.At;
        if (!AccessLevels.Contains(node.Access))
        {
            scope.Errors.Add(place, $"the access of '{node.Name}' is '{node.Access}'. It is {string.Join(", ", AccessLevels)}.");
        }
        else if (node.Access == "public" && node.Config.Materialized == "ephemeral")
        {
            scope.Errors.Add(place, $"'{node.Name}' is public and ephemeral: nothing in the warehouse could be shared. Materialize it, or make it protected.");
        }

        var contract = node.Config.Map("contract");
        var enforced = contract.GetValueOrDefault("enforced") is true;
        if (enforced)
        {
            CheckContract(node, place, isDescribed: patch is not null);
            var constraints = node.Constraints.Concat(node.Columns.Values.SelectMany(column => column.Constraints));
            if (!EnforcesConstraints(node) && constraints.Any(constraint => constraint.WarnUnsupported))
            {
                scope.Errors.Warn(
                    place,
                    "UnsupportedConstraintMaterialization",
                    $"Constraint types are not supported for {node.Config.Materialized} materializations: those of '{node.Name}' are not enforced. Make it a table, or set 'warn_unsupported: false'.");
            }
        }

        node = node with
        {
            Contract = new ModelContract(
                enforced, contract.GetValueOrDefault("alias_types") is not false, enforced ? ContractChecksum(node) : null),
        };
        return ResolveForeignKeys(node, place);
    }

    /// <summary>Of a model that no properties file describes, the missing columns are found when it is built.</summary>
    private void CheckContract(Node node, SourceLocation place, bool isDescribed)
    {
        if (node.Columns.Count == 0 && isDescribed)
        {
            scope.Errors.Add(place, $"the contract of '{node.Name}' is enforced, and no columns are declared. List them with their data_type.");
        }

        if (node.Config.Materialized == "incremental" && node.Config.OnSchemaChange is not ("append_new_columns" or "fail"))
        {
            scope.Errors.Add(
                place,
                $"'{node.Name}' is incremental with an enforced contract, and 'on_schema_change' is '{node.Config.OnSchemaChange}'. "
                + "Set it to 'append_new_columns' or 'fail'.");
        }

        var keys = node.Columns.Values.Where(column => column.Constraints.Any(constraint => constraint.Type == "primary_key")).ToList();
        if (keys.Count > 1 || (keys.Count > 0 && node.Constraints.Any(constraint => constraint.Type == "primary_key")))
        {
            scope.Errors.Add(place, $"'{node.Name}' has several primary keys. Declare one of several columns as a constraint of the model.");
        }
    }

    /// <summary>Of the columns with their types and constraints and, where the warehouse enforces them, of the model's constraints.</summary>
    private static string ContractChecksum(Node node)
    {
        var columns = node.Columns.Values.OrderBy(column => column.Name, StringComparer.Ordinal)
            .Select(column => $"|{column.Name}{column.DataType ?? "None"}{Terms(column.Constraints)}");
        var model = EnforcesConstraints(node) ? node.Config.Materialized + Terms(node.Constraints) : "";
        return ProjectParser.Sha256(string.Concat(columns) + model);
    }

    private static bool EnforcesConstraints(Node node) => node.Config.Materialized is "table" or "incremental";

    private static string Terms(IReadOnlyList<ModelConstraint> constraints) => string.Concat(constraints.Select(constraint =>
        $"[{constraint.Type}|{constraint.Name}|{constraint.Expression}|{string.Join(',', constraint.Columns)}|{constraint.To}|{string.Join(',', constraint.ToColumns)}]"));

    /// <summary>A foreign key to another node is a reference to it.</summary>
    private Node ResolveForeignKeys(Node node, SourceLocation place)
    {
        var refs = new List<RefCall>(node.Refs);
        var sources = new List<(string Source, string Table)>(node.SourceCalls);
        foreach (var constraint in node.Constraints.Concat(node.Columns.Values.SelectMany(column => column.Constraints))
            .Where(constraint => constraint is { Type: "foreign_key", To: not null }))
        {
            switch (ReferenceText.Read(constraint.To!))
            {
                case { Ref: { } call } when !refs.Contains(call):
                    refs.Add(call);
                    break;
                case { Source: { } source } when !sources.Contains(source):
                    sources.Add(source);
                    break;
                case null or { Metric: not null }:
                    scope.Errors.Add(place, $"a foreign key of '{node.Name}' points to '{constraint.To}'. Write ref('name') or source('source', 'table').");
                    break;
            }
        }

        return node with { Refs = refs, SourceCalls = sources };
    }
}
