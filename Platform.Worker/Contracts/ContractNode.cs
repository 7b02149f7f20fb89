using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Platform.Worker.Contracts;

/// <summary>A YAML mapping of a contract that reports what it does not know, with the line. Never throws for the content.</summary>
internal sealed class ContractNode
{
    private readonly Dictionary<string, YamlNode> _entries = new(StringComparer.Ordinal);
    private readonly Action<int, string> _report;
    private readonly string _path;

    private ContractNode(YamlMappingNode mapping, string path, Action<int, string> report)
    {
        Line = LineOf(mapping);
        _path = path;
        _report = report;
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name })
            {
                _entries[name] = value;
            }
            else
            {
                report(LineOf(key), $"{path} has a key that is no text.");
            }
        }
    }

    public int Line { get; }

    /// <summary>The mapping at <paramref name="node"/>, or null with a report when it is something else.</summary>
    public static ContractNode? From(YamlNode node, string path, Action<int, string> report)
    {
        if (node is YamlMappingNode mapping)
        {
            return new ContractNode(mapping, path, report);
        }

        report(LineOf(node), $"{path} must be a mapping (key: value).");
        return null;
    }

    public static int LineOf(YamlNode node) => (int)node.Start.Line;

    /// <summary>Reports every key that is neither implemented nor documentation only.</summary>
    /// <param name="implemented">Keys that change what the platform does.</param>
    /// <param name="documentation">Keys that people read and that change nothing.</param>
    public void Allow(IEnumerable<string> implemented, IEnumerable<string> documentation)
    {
        var known = implemented.Concat(documentation).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in _entries.Where(entry => !known.Contains(entry.Key)))
        {
            _report(LineOf(value), $"'{key}' in {_path} is not implemented: remove it. Implemented: {string.Join(", ", implemented)}.");
        }
    }

    public bool Has(string key) => _entries.ContainsKey(key);

    public int LineAt(string key) => _entries.TryGetValue(key, out var node) ? LineOf(node) : Line;

    public string? Text(string key)
    {
        if (!_entries.TryGetValue(key, out var node))
        {
            return null;
        }

        if (node is YamlScalarNode { Value: { Length: > 0 } value })
        {
            return value;
        }

        _report(LineOf(node), $"'{key}' in {_path} must be a text or number.");
        return null;
    }

    public string RequiredText(string key)
    {
        if (!Has(key))
        {
            _report(Line, $"{_path} lacks '{key}'.");
        }

        return Text(key) ?? "";
    }

    public bool Flag(string key)
    {
        switch (Text(key))
        {
            case null or "false":
                return false;
            case "true":
                return true;
            case var other:
                _report(LineAt(key), $"'{key}' in {_path} is '{other}'; expected true or false.");
                return false;
        }
    }

    public int? WholeNumber(string key, int minimum)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum)
        {
            return number;
        }

        _report(LineAt(key), $"'{key}' in {_path} is '{text}'; expected a whole number from {minimum}.");
        return null;
    }

    /// <summary>A list of texts; a single text counts as a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (!_entries.TryGetValue(key, out var node))
        {
            return [];
        }

        var nodes = node is YamlSequenceNode sequence ? sequence.Children : [node];
        var texts = new List<string>(nodes.Count);
        foreach (var item in nodes)
        {
            if (item is YamlScalarNode { Value: { } value })
            {
                texts.Add(value);
            }
            else
            {
                _report(LineOf(item), $"'{key}' in {_path} must hold texts only.");
            }
        }

        return texts;
    }

    /// <summary>The mapping under a key, or null when the key is absent.</summary>
    public ContractNode? Child(string key) =>
        _entries.TryGetValue(key, out var node) ? From(node, $"{_path}.{key}", _report) : null;

    /// <summary>The mappings of the list under a key; empty when the key is absent.</summary>
    public IReadOnlyList<ContractNode> Children(string key)
    {
        if (!_entries.TryGetValue(key, out var node))
        {
            return [];
        }

        if (node is YamlSequenceNode sequence)
        {
            return [.. sequence.Children.Select((item, index) => From(item, $"{_path}.{key}[{index}]", _report)).OfType<ContractNode>()];
        }

        _report(LineOf(node), $"'{key}' in {_path} must be a list.");
        return [];
    }

    public void Report(string message) => _report(Line, message);

    public void Report(string key, string message) => _report(LineAt(key), message);
}
