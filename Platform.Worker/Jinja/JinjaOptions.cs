using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja;

/// <summary>How templates are read and rendered. The defaults are Jinja's own.</summary>
internal sealed record JinjaOptions
{
    public string BlockStart { get; init; } = "{%";

    public string BlockEnd { get; init; } = "%}";

    public string VariableStart { get; init; } = "{{";

    public string VariableEnd { get; init; } = "}}";

    public string CommentStart { get; init; } = "{#";

    public string CommentEnd { get; init; } = "#}";

    /// <summary>A line that starts with this is a statement; none by default.</summary>
    public string? LineStatementPrefix { get; init; }

    /// <summary>The rest of a line from this on is a comment; none by default.</summary>
    public string? LineCommentPrefix { get; init; }

    /// <summary>Removes the newline after a block tag. Default false.</summary>
    public bool TrimBlocks { get; init; }

    /// <summary>Removes blanks from the start of a line up to a block tag. Default false.</summary>
    public bool LstripBlocks { get; init; }

    /// <summary>Keeps the newline at the very end of a template. Default false.</summary>
    public bool KeepTrailingNewline { get; init; }

    /// <summary>What unknown names evaluate to.</summary>
    public UndefinedBehavior Undefined { get; init; } = UndefinedBehavior.Default;

    /// <summary>Where <c>import</c>, <c>include</c> and <c>extends</c> find templates; none by default.</summary>
    public ITemplateLoader? Loader { get; init; }

    /// <summary>Block tags of the host.</summary>
    public IReadOnlyList<ExtensionTag> Tags { get; init; } = [];

    /// <summary>Names that every template sees, added to Jinja's own (<c>range</c>, <c>namespace</c>, …).</summary>
    public IReadOnlyDictionary<string, Value> Globals { get; init; } = new Dictionary<string, Value>();

    /// <summary>Filters added to Jinja's own.</summary>
    public IReadOnlyDictionary<string, JinjaFilter> Filters { get; init; } = new Dictionary<string, JinjaFilter>();

    /// <summary>Tests added to Jinja's own.</summary>
    public IReadOnlyDictionary<string, JinjaTest> Tests { get; init; } = new Dictionary<string, JinjaTest>();

    /// <summary>Statements, iterations, calls, and 64 characters of text at a time that one rendering may take. Default 50 million.</summary>
    public long MaxSteps { get; init; } = 50_000_000;

    /// <summary>Depth of nested macro calls, includes and recursive loops. Default 400; the thread's stack may end earlier.</summary>
    public int MaxDepth { get; init; } = 400;

    /// <summary>Characters that a rendering, or one value in it, may hold; an element counts as 16. Default 64 million.</summary>
    public long MaxOutput { get; init; } = 64_000_000;
}
