using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja;

/// <summary>A parsed template. Immutable: any number of threads may render it at once, each with its own <see cref="RenderState"/>.</summary>
internal sealed class Template
{
    private int[]? _lineStarts;

    internal Template(JinjaEnvironment environment, string name, string source, object? tag)
    {
        Environment = environment;
        Name = name;
        Source = source;
        Tag = tag;
    }

    public JinjaEnvironment Environment { get; }

    public string Name { get; }

    /// <summary>The text that was parsed, with <c>\n</c> line ends.</summary>
    public string Source { get; }

    /// <summary>What the host attached to the template, for example the package it belongs to.</summary>
    public object? Tag { get; }

    /// <summary>Top-level macros, also those made by extension tags, in the order written. Known without rendering.</summary>
    public IReadOnlyList<MacroDefinition> Macros { get; internal set; } = [];

    /// <summary>Top-level named blocks of extension tags (<see cref="NamedBlockTag"/>), in the order written.</summary>
    public IReadOnlyList<TaggedBlock> TaggedBlocks { get; internal set; } = [];

    internal IReadOnlyList<Statement> Body { get; set; } = [];

    internal IReadOnlyDictionary<string, BlockStatement> Blocks { get; set; } = new Dictionary<string, BlockStatement>();

    /// <summary>The expression, when the template was made by <see cref="JinjaEnvironment.ParseExpression"/>.</summary>
    internal Expression? Expression { get; set; }

    /// <summary>Renders to text.</summary>
    /// <exception cref="JinjaException">The template failed.</exception>
    public string Render(RenderOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var state = Environment.CreateState(options, cancellationToken);
        return state.Render(this);
    }

    /// <summary>Renders to text with plain variables.</summary>
    public string Render(IReadOnlyDictionary<string, Value> variables, CancellationToken cancellationToken = default) =>
        Render(new RenderOptions { Variables = variables }, cancellationToken);

    /// <summary>Evaluates a template made by <see cref="JinjaEnvironment.ParseExpression"/> to a value.</summary>
    public Value Evaluate(RenderOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var state = Environment.CreateState(options, cancellationToken);
        return state.Evaluate(this);
    }

    /// <summary>Calls of the named functions anywhere in the template, in the order written, with the arguments that are literals.</summary>
    public IEnumerable<StaticCall> FindCalls(params string[] functions) => StaticCalls.Find(this, functions);

    /// <summary>Every call by name anywhere in the template, in the order written.</summary>
    public IEnumerable<StaticCall> FindCalls() => StaticCalls.Of(this);

    /// <summary>The line and column (both from 1) of an offset in <see cref="Source"/>, and the text of that line.</summary>
    public (int Line, int Column, string Text) Locate(int position)
    {
        var starts = _lineStarts ??= FindLines(Source);
        position = Math.Clamp(position, 0, Source.Length);
        var index = Array.BinarySearch(starts, position);
        index = index < 0 ? ~index - 1 : index;
        var start = starts[index];
        var end = Source.IndexOf('\n', start);
        return (index + 1, position - start + 1, Source[start..(end < 0 ? Source.Length : end)]);
    }

    private static int[] FindLines(string source)
    {
        var starts = new List<int> { 0 };
        for (var at = source.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = source.IndexOf('\n', at + 1))
        {
            starts.Add(at + 1);
        }

        return [.. starts];
    }
}
