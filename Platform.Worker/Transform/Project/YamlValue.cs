using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// A value of a YAML file that knows its line: a mapping, a list, or a scalar typed as PyYAML types it (YAML 1.1), which is what dbt reads.
/// </summary>
internal sealed class YamlValue
{
    private static readonly Regex Integer = new(@"^[-+]?(0|[1-9][0-9_]*)$", RegexOptions.CultureInvariant);
    private static readonly Regex Float = new(
        @"^[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9_]+([eE][-+][0-9]+)?)$", RegexOptions.CultureInvariant);

    private readonly Dictionary<string, YamlValue>? _map;

    private YamlValue(SourceLocation at, object? scalar, List<YamlValue>? items, Dictionary<string, YamlValue>? map)
    {
        (At, Scalar, Items, _map) = (at, scalar, items, map);
    }

    public SourceLocation At { get; }

    /// <summary>null, bool, long, double or string when this is a scalar.</summary>
    public object? Scalar { get; }

    public IReadOnlyList<YamlValue>? Items { get; }

    public IReadOnlyDictionary<string, YamlValue>? Map => _map;

    public bool IsNull => Scalar is null && Items is null && _map is null;

    /// <summary>The value of a key, or null when this is not a mapping or has no such key (or the key has no value).</summary>
    public YamlValue? this[string key] => _map is not null && _map.TryGetValue(key, out var value) && !value.IsNull ? value : null;

    public string? Text(string key) => this[key]?.AsText();

    public string? AsText() => Scalar switch
    {
        null => null,
        bool flag => flag ? "True" : "False",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString(),
    };

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

        return Items is null ? Scalar : Items.Select(item => item.Plain()).ToList();
    }

    /// <summary>Reads one document; null when the file holds nothing. A syntax error is reported with its line and a caret.</summary>
    public static YamlValue? Read(SourceFile file, ProjectErrors errors)
    {
        try
        {
            var stream = new YamlStream();
            using var reader = new StringReader(file.Text);
            stream.Load(reader);
            if (stream.Documents.Count == 0)
            {
                return null;
            }

            var value = Convert(file, stream.Documents[0].RootNode);
            return value.IsNull ? null : value;
        }
        catch (YamlException fault)
        {
            var (line, column) = ((int)fault.Start.Line, (int)fault.Start.Column);
            errors.Add(new TransformError(
                file.At(line, column), $"not valid YAML: {fault.Message}", SourceFile.Snippet(file.Text, line, column)));
            return null;
        }
    }

    private static YamlValue Convert(SourceFile file, YamlNode node)
    {
        var at = file.At((int)node.Start.Line, (int)node.Start.Column);
        switch (node)
        {
            case YamlMappingNode mapping:
                var map = new Dictionary<string, YamlValue>(mapping.Children.Count);
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is YamlScalarNode { Value: "<<" })
                    {
                        Merge(file, map, value);
                    }
                    else
                    {
                        map[key is YamlScalarNode name ? name.Value ?? "" : key.ToString()] = Convert(file, value);
                    }
                }

                return new YamlValue(at, null, null, map);
            case YamlSequenceNode sequence:
                return new YamlValue(at, null, sequence.Children.Select(child => Convert(file, child)).ToList(), null);
            case YamlScalarNode scalar:
                return new YamlValue(at, Typed(scalar), null, null);
            default:
                return new YamlValue(at, null, null, null);
        }
    }

    private static void Merge(SourceFile file, Dictionary<string, YamlValue> map, YamlNode value)
    {
        var merged = Convert(file, value);
        foreach (var source in merged.Items ?? [merged])
        {
            foreach (var (key, inherited) in source._map ?? [])
            {
                map.TryAdd(key, inherited);
            }
        }
    }

    private static object? Typed(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not ScalarStyle.Plain)
        {
            return text;
        }

        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return false;
        }

        if (Integer.IsMatch(text) && long.TryParse(text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        return Float.IsMatch(text) && double.TryParse(
            text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var real) ? real : text;
    }
}
