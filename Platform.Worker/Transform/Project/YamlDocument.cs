using System.Runtime.CompilerServices;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Reads YAML text into <see cref="YamlValue"/>s: simple files by <see cref="YamlFastReader"/>, all others from the events of the full parser.
/// A file is read once while it does not change.
/// </summary>
internal sealed class YamlDocument
{
    /// <summary>What dbt's parser comes to as well, by the depth of Python's stack.</summary>
    private const int MaxDepth = 256;

    /// <summary>Values of one file, those under an alias counted wherever it stands: aliases of aliases double at every step.</summary>
    private const long MaxValues = 5_000_000;

    private static readonly ConditionalWeakTable<SourceFile, YamlDocument> Known = [];

    private readonly SourceFile _file;
    private readonly Dictionary<string, YamlValue> _anchors = [];
    private readonly Parser _parser = null!;
    private readonly List<TransformError> _errors = [];
    private readonly List<TransformError> _warnings = [];
    private YamlValue? _root;
    private int _depth;

    private YamlDocument(SourceFile file)
    {
        _file = file;
        if (YamlFastReader.TryRead(file, out _root))
        {
            return;
        }

        _parser = new Parser(new Scanner(new StringReader(file.Text.TrimEnd()), skipComments: true));
        try
        {
            _root = ReadDocument();
        }
        catch (YamlException fault)
        {
            var (line, column) = ((int)fault.Start.Line, (int)fault.Start.Column);
            _errors.Add(new TransformError(
                file.At(line, column), $"not valid YAML: {fault.Message}", SourceFile.Snippet(file.Text, line, column)));
        }

        _anchors.Clear();
    }

    public static YamlValue? Read(SourceFile file, ProjectErrors errors)
    {
        var document = Known.GetValue(file, static file => new YamlDocument(file));
        document._errors.ForEach(errors.Add);
        document._warnings.ForEach(errors.Warn);
        return document._root;
    }

    private YamlValue? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        var root = ReadValue();
        return root.IsNull ? null : root;
    }

    private YamlValue ReadValue()
    {
        var start = _parser.Current!;
        if (++_depth > MaxDepth)
        {
            throw new YamlException(start.Start, start.End, $"it is nested deeper than {MaxDepth} levels. Take it apart");
        }

        var value = ReadAnyValue();
        if (value.Size > MaxValues)
        {
            throw new YamlException(start.Start, start.End, $"with its aliases it holds more than {MaxValues} values. Use fewer of them");
        }

        _depth--;
        return value;
    }

    private YamlValue ReadAnyValue()
    {
        var current = _parser.Current!;
        var at = _file.At((int)current.Start.Line, (int)current.Start.Column);
        _parser.MoveNext();
        switch (current)
        {
            case Scalar scalar:
                var isPlain = scalar.Style is ScalarStyle.Plain && scalar.Tag.IsEmpty;
                return Anchored(scalar, new YamlValue(at, isPlain ? YamlScalars.Typed(scalar.Value) : scalar.Value));
            case SequenceStart sequence:
                var items = new List<YamlValue>();
                while (!_parser.TryConsume<SequenceEnd>(out _))
                {
                    items.Add(ReadValue());
                }

                return Anchored(sequence, new YamlValue(at, items));
            case MappingStart mapping:
                return Anchored(mapping, ReadMapping(at));
            case AnchorAlias alias:
                return _anchors.TryGetValue(alias.Value.Value, out var known)
                    ? known
                    : throw new YamlException(current.Start, current.End, $"there is no anchor '&{alias.Value}' above this line");
            default:
                throw new YamlException(current.Start, current.End, $"unexpected {current}");
        }
    }

    private YamlValue ReadMapping(SourceLocation at)
    {
        var map = new Dictionary<string, YamlValue>();
        List<YamlValue>? merged = null;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var mark = _parser.Current!.Start;
            // A key is text as written: YAML 1.1 would make a bool of 'on'.
            var written = (_parser.Current as Scalar)?.Value;
            var key = ReadValue();
            var name = written ?? key.AsText() ?? "";
            var value = ReadValue();
            if (name == "<<")
            {
                (merged ??= []).AddRange(value.Items ?? [value]);
            }
            else if (!map.TryAdd(name, value))
            {
                _warnings.Add(new TransformError(
                    _file.At((int)mark.Line, (int)mark.Column), $"the key '{name}' is written twice; the last one counts. Remove the other.")
                {
                    Event = "DuplicateYAMLKeysDeprecation",
                });
                map[name] = value;
            }
        }

        foreach (var (name, inherited) in merged?.SelectMany(source => source.Map ?? new Dictionary<string, YamlValue>()) ?? [])
        {
            map.TryAdd(name, inherited);
        }

        return new YamlValue(at, map);
    }

    private YamlValue Anchored(YamlDotNet.Core.Events.NodeEvent node, YamlValue value)
    {
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor.Value] = value;
        }

        return value;
    }
}
