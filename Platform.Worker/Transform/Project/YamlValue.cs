using System.Globalization;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// A value of a YAML file that knows its line: a mapping, a list, or a scalar typed as PyYAML types it (YAML 1.1), which is what dbt reads.
/// Immutable.
/// </summary>
internal sealed class YamlValue
{
    private readonly Dictionary<string, YamlValue>? _map;

    public YamlValue(SourceLocation at, object? scalar)
    {
        (At, Scalar) = (at, scalar);
        HasJinja = scalar is string text && Compile.YamlRenderer.HasJinja(text);
    }

    public YamlValue(SourceLocation at, List<YamlValue> items)
    {
        (At, Items) = (at, items);
        foreach (var item in items)
        {
            HasJinja |= item.HasJinja;
            Size += item.Size;
        }
    }

    public YamlValue(SourceLocation at, Dictionary<string, YamlValue> map)
    {
        (At, _map) = (at, map);
        foreach (var value in map.Values)
        {
            HasJinja |= value.HasJinja;
            Size += value.Size;
        }
    }

    public SourceLocation At { get; }

    /// <summary>null, bool, long, double or string when this is a scalar.</summary>
    public object? Scalar { get; }

    public IReadOnlyList<YamlValue>? Items { get; }

    public IReadOnlyDictionary<string, YamlValue>? Map => _map;

    /// <summary>True when a text in it holds Jinja.</summary>
    public bool HasJinja { get; }

    /// <summary>Values in it, itself included.</summary>
    public long Size { get; } = 1;

    public bool IsNull => Scalar is null && Items is null && _map is null;

    /// <summary>The value of a key, or null when this is not a mapping or has no such key (or the key has no value).</summary>
    public YamlValue? this[string key] => _map is not null && _map.TryGetValue(key, out var value) && !value.IsNull ? value : null;

    /// <summary>True when the key is written, also when it has no value.</summary>
    public bool Has(string key) => _map is not null && _map.ContainsKey(key);

    public string? Text(string key) => this[key]?.AsText();

    public bool? Flag(string key) => this[key]?.Scalar as bool?;

    public string? AsText() => Scalar switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        var other => Jinja.Values.Value.FromClr(other).ToString(),
    };

    /// <summary>One text or a list of them, as a list.</summary>
    public static IReadOnlyList<string> Texts(YamlValue? value) =>
        value?.Items is { } items ? [.. items.Select(item => item.AsText() ?? "")]
        : value?.AsText() is { } single ? [single]
        : [];

    /// <summary>The items of a list under a key; a missing key is an empty list.</summary>
    public IReadOnlyList<YamlValue> List(string key, ProjectErrors errors)
    {
        if (this[key] is not { } value)
        {
            return [];
        }

        if (value.Items is { } items)
        {
            return items;
        }

        errors.Add(value.At, $"'{key}' must be a list.");
        return [];
    }

    /// <summary>The mapping under a key as plain values; a missing key is an empty one.</summary>
    public Dictionary<string, object?> PlainMap(string key, ProjectErrors errors)
    {
        if (this[key] is not { } value)
        {
            return [];
        }

        if (value.Plain() is Dictionary<string, object?> map)
        {
            return map;
        }

        errors.Add(value.At, $"'{key}' must be a mapping.");
        return [];
    }

    /// <summary>The name under which an entry of a list goes; reports an entry without one.</summary>
    public string? RequiredText(string key, string what, ProjectErrors errors)
    {
        if (Text(key) is { Length: > 0 } text)
        {
            return text;
        }

        errors.Add(At, $"{what} has no '{key}'. Give it one.");
        return null;
    }

    /// <summary>Plain values: null, bool, long, double, string, List, Dictionary (in file order).</summary>
    public object? Plain()
    {
        if (_map is not null)
        {
            var result = new Dictionary<string, object?>(_map.Count);
            foreach (var (key, value) in _map)
            {
                result[key] = value.Plain();
            }

            return result;
        }

        if (Items is null)
        {
            return Scalar;
        }

        var list = new List<object?>(Items.Count);
        foreach (var item in Items)
        {
            list.Add(item.Plain());
        }

        return list;
    }

    /// <summary>A value of plain ones, all at one place.</summary>
    public static YamlValue FromPlain(SourceLocation at, object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> map => new YamlValue(at, map.ToDictionary(entry => entry.Key, entry => FromPlain(at, entry.Value))),
        IEnumerable<object?> items => new YamlValue(at, items.Select(item => FromPlain(at, item)).ToList()),
        _ => new YamlValue(at, value),
    };

    /// <summary>Reads one document; null when the file holds nothing. A syntax error is reported with its line and a caret.</summary>
    public static YamlValue? Read(SourceFile file, ProjectErrors errors) => YamlDocument.Read(file, errors);
}
