using Platform.Worker.Jinja;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>A node before its references are resolved.</summary>
/// <param name="Node">The node, <see cref="Node.DependsOn"/> still empty.</param>
/// <param name="Template">Its code, to find the place of a call in it; null when it has none of its own.</param>
internal sealed record ParsedNode(Node Node, Template? Template = null)
{
    /// <summary>For a generic test: the model, seed or snapshot that it is on; null on a source.</summary>
    public RefCall? Attached { get; init; }

    /// <summary>Names of metrics it needs.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>The node as it was linked last; linking gives the same object again when nothing has changed.</summary>
    public Node? Linked { get; set; }

    /// <summary>Where a function is called with these literal arguments, so that an error can point at it.</summary>
    public (SourceLocation At, string? Snippet) Find(string function, params string[] arguments)
    {
        var call = Template?.FindCalls(function)
            .FirstOrDefault(candidate => candidate.Positional.Select(value => value?.ToString()).TakeLast(arguments.Length).SequenceEqual(arguments));
        return call is null
            ? (Node.At, null)
            : (new SourceLocation(Node.OriginalFilePath, call.Line, call.Column), SourceFile.Snippet(Template!.Source, call.Line, call.Column));
    }
}
