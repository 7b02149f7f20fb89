using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Worker.Warehouse;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>A YAML mapping of a contract that reports what it does not know, with the line. Never throws for the content.</summary>
internal sealed partial class ContractNode
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

    /// <summary>The text or number under a key, or null when the key is absent or <c>null</c>.</summary>
    public string? Text(string key)
    {
        if (!_entries.TryGetValue(key, out var node) || IsNull(node))
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
        if (!_entries.TryGetValue(key, out var node) || IsNull(node))
        {
            _report(LineAt(key), $"{_path} lacks '{key}'.");
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

    /// <summary>What a word stands for, or null when the key is absent.</summary>
    public T? Choice<T>(string key, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (words.TryGetValue(text, out var value))
        {
            return value;
        }

        _report(LineAt(key), $"'{key}' in {_path} is '{text}'; expected {string.Join(", ", words.Keys)}.");
        return null;
    }

    public decimal? Number(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (TryNumber(text, out var number))
        {
            return number;
        }

        _report(LineAt(key), $"'{key}' in {_path} is '{text}'; expected a number.");
        return null;
    }

    /// <summary>A list of exactly so many numbers.</summary>
    public IReadOnlyList<decimal>? Numbers(string key, int count)
    {
        var texts = Texts(key);
        var numbers = texts.Select(text => TryNumber(text, out var number) ? number : (decimal?)null).OfType<decimal>().ToList();
        if (numbers.Count == count && texts.Count == count)
        {
            return numbers;
        }

        _report(LineAt(key), $"'{key}' in {_path} must be a list of {count} numbers.");
        return null;
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
    public IReadOnlyList<string> Texts(string key) => [.. Values(key).OfType<string>()];

    /// <summary>A list of texts with null for <c>null</c>, <c>~</c> and nothing; a single text counts as a list of one.</summary>
    public IReadOnlyList<string?> Values(string key)
    {
        if (!_entries.TryGetValue(key, out var node))
        {
            return [];
        }

        var nodes = node is YamlSequenceNode sequence ? sequence.Children : [node];
        var texts = new List<string?>(nodes.Count);
        foreach (var item in nodes)
        {
            if (item is YamlScalarNode { Value: { } value })
            {
                texts.Add(IsNull(item) ? null : value);
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

    /// <summary>A name of a schema, table or column.</summary>
    public string Name(string key)
    {
        var name = RequiredText(key);
        if (name.Length > 0 && (!TableName().IsMatch(name) || name.Length > Sql.MaxIdentifierBytes))
        {
            Report(key, $"'{name}' must be a lower-case name: a letter, then letters, digits and '_', at most {Sql.MaxIdentifierBytes}.");
        }

        return name;
    }

    /// <summary>The key holds the one text that is implemented.</summary>
    public void Expect(string key, string expected)
    {
        var value = RequiredText(key);
        if (value.Length > 0 && value != expected)
        {
            Report(key, $"'{key}' is '{value}'; implemented is {expected}.");
        }
    }

    /// <summary>The key, where it is given, holds the same as the name.</summary>
    public void Same(string key, string name)
    {
        if (Text(key) is { } other && other != name)
        {
            Report(key, $"'{key}' is '{other}' and the name is '{name}'; different names are not implemented, make them equal.");
        }
    }

    public void Report(string message) => _report(Line, message);

    public void Report(string key, string message) => _report(LineAt(key), message);

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private static bool TryNumber(string text, out decimal number) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex TableName();
}
