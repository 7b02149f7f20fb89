using System.Globalization;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>selectors.yml (https://docs.getdbt.com/reference/node-selection/yaml-selectors): selectors by name.</summary>
internal sealed class SelectorFile
{
    private readonly Dictionary<string, SelectionSpec> _selectors = [];
    private readonly IndirectSelection _mode;
    private readonly NodeContext _context;

    /// <exception cref="TransformException">A definition cannot be read.</exception>
    public SelectorFile(ParsedProject project, IndirectSelection mode)
    {
        _mode = mode;
        _context = new ParseContext(project.Invocation, project.Invocation.RootName, "selectors.yml");
        var errors = new ProjectErrors();
        foreach (var entry in (project.Selectors?["selectors"] ?? project.Selectors)?.Items ?? [])
        {
            try
            {
                Add(entry);
            }
            catch (TransformException fault)
            {
                errors.Add(fault);
            }
        }

        errors.ThrowIfAny();
    }

    /// <summary>Name of the selector that is used when nothing is selected.</summary>
    public string? Default { get; private set; }

    /// <exception cref="TransformException">There is no selector of that name.</exception>
    public SelectionSpec this[string name] => _selectors.TryGetValue(name, out var spec)
        ? spec
        : throw new TransformException(
            new SourceLocation("--selector"),
            $"Could not find selector named '{name}'. "
            + (_selectors.Count == 0 ? "There is no selectors.yml with selectors in it." : $"selectors.yml has {string.Join(", ", _selectors.Keys)}."));

    private void Add(YamlValue entry)
    {
        var name = entry.Text("name") ?? throw new TransformException(entry.At, "a selector has no 'name'. Give it one.");
        var definition = entry["definition"] ?? throw new TransformException(entry.At, $"the selector '{name}' has no 'definition'. Give it one.");
        if (definition.Map is { Count: > 1 } map && (map.ContainsKey("union") || map.ContainsKey("intersection")))
        {
            throw new TransformException(
                definition.At, $"Only a single 'union' or 'intersection' key is allowed in a root level selector definition; found {string.Join(",", map.Keys)}.");
        }

        if (entry["default"] is { } isDefault && Scalar(isDefault) is true)
        {
            Default = Default is null
                ? name
                : throw new TransformException(entry.At, $"Found multiple selectors with `default: true`: {Default} and {name}. Keep one.");
        }

        _selectors[name] = Read(definition);
    }

    private SelectionSpec Read(YamlValue definition)
    {
        if (definition.Map is not { } map)
        {
            return definition.Items is null && Scalar(definition) is string criterion
                ? CriterionParser.Parse(criterion, _mode, definition.At)
                : throw new TransformException(definition.At, "a selector is a text, or a mapping with union, intersection, or method and value.");
        }

        return map.ContainsKey("union") ? ReadGroup(definition, "union", SetOperation.Union)
            : map.ContainsKey("intersection") ? ReadGroup(definition, "intersection", SetOperation.Intersection)
            : ReadMethod(definition, map);
    }

    private SelectionSpec ReadGroup(YamlValue definition, string key, SetOperation operation)
    {
        var (included, excluded) = (new List<SelectionSpec>(), (SelectionSpec?)null);
        foreach (var item in Items(definition, key))
        {
            if (item["exclude"] is null || item["method"] is not null)
            {
                included.Add(Read(item));
            }
            else if (excluded is not null)
            {
                throw new TransformException(item.At, "You cannot provide multiple exclude arguments to the same selector set operator. Put them into one list.");
            }
            else
            {
                excluded = ReadExclusion(item);
            }
        }

        return Without(new SelectionGroup(operation, included), excluded);
    }

    private SelectionSpec ReadMethod(YamlValue definition, IReadOnlyDictionary<string, YamlValue> map)
    {
        if (map.Count == 1)
        {
            var (key, only) = map.First();
            return Criterion(definition, key, only);
        }

        if (map.TryGetValue("method", out var method) && map.TryGetValue("value", out var value))
        {
            var name = Scalar(method) as string ?? "";
            if (name == "selector")
            {
                return _selectors.GetValueOrDefault(Text(value)) ?? throw new TransformException(
                    value.At, $"Existing selector definition for {Text(value)} not found. Define it above, in the same file.");
            }

            return Without(Criterion(definition, name, value), map.ContainsKey("exclude") ? ReadExclusion(definition) : null);
        }

        throw new TransformException(definition.At, $"Expected either 1 key or else \"method\" and \"value\" keys, but got {string.Join(", ", map.Keys)}.");
    }

    private SelectionCriterion Criterion(YamlValue definition, string key, YamlValue value)
    {
        var (raw, at) = ($"{key}:{Text(value)}", definition.At);
        var (method, arguments) = CriterionParser.Method(key, raw, at);
        return CriterionParser.Checked(new SelectionCriterion
        {
            Raw = raw,
            Method = method,
            Arguments = arguments,
            Value = Scalar(value) ?? throw new TransformException(value.At, $"'{key}' has no value. Give it one."),
            ChildrensParents = Flag("childrens_parents"),
            ParentsDepth = Flag("parents") ? Depth("parents_depth") : 0,
            ChildrenDepth = Flag("children") ? Depth("children_depth") : 0,
            IndirectSelection = definition["indirect_selection"] is { } mode ? IndirectSelections.Parse(Text(mode), mode.At) : _mode,
            At = at,
        });

        bool Flag(string name) => definition[name] is { } flag && Scalar(flag) is true;

        int Depth(string name) => definition[name] is { } depth ? CriterionParser.Depth(Text(depth), raw, depth.At) : int.MaxValue;
    }

    private SelectionSpec? ReadExclusion(YamlValue definition) => Items(definition, "exclude").Select(Read).ToList() switch
    {
        [] => null,
        [var only] => only,
        var several => new SelectionGroup(SetOperation.Union, several),
    };

    private static SelectionSpec Without(SelectionSpec spec, SelectionSpec? excluded) =>
        excluded is null ? spec : new SelectionGroup(SetOperation.Difference, [spec, excluded]);

    private static IReadOnlyList<YamlValue> Items(YamlValue definition, string key) =>
        definition[key]?.Items ?? throw new TransformException(definition.At, $"Invalid value for key \"{key}\". Expected a list.");

    private string Text(YamlValue value) => Convert.ToString(Scalar(value), CultureInfo.InvariantCulture) ?? "";

    private object? Scalar(YamlValue value)
    {
        var errors = new ProjectErrors();
        var scalar = YamlRenderer.Plain(_context, value.Scalar, value.At, errors);
        errors.ThrowIfAny();
        return scalar;
    }
}
