using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja;

/// <summary>A macro as written: signature, place and body. Bind it with <see cref="Runtime.RenderState.Bind"/> to call it.</summary>
internal sealed class MacroDefinition
{
    /// <summary>The name it is called by; an extension tag may have derived it (<c>test_unique</c> of <c>{% test unique() %}</c>).</summary>
    public required string Name { get; init; }

    /// <summary>The tag that made it: <c>macro</c>, <c>call</c> or an extension tag's name.</summary>
    public required string TagName { get; init; }

    public required IReadOnlyList<MacroParameter> Parameters { get; init; }

    public required Template Template { get; init; }

    /// <summary>Offset of the opening tag in the template's source.</summary>
    public required int Start { get; init; }

    /// <summary>Offset behind the closing tag.</summary>
    public int End { get; internal set; }

    /// <summary>What an extension tag read besides the signature (<c>adapter='postgres'</c>).</summary>
    public IReadOnlyDictionary<string, Value> Metadata { get; init; } = new Dictionary<string, Value>();

    public int Line => Template.Locate(Start).Line;

    /// <summary>The macro's text, tags included.</summary>
    public string Source => Template.Source[Start..End];

    /// <summary>Every call by name in the macro, in the order written.</summary>
    public IEnumerable<StaticCall> FindCalls() => StaticCalls.Of(this);

    /// <summary>True when the body mentions <c>caller</c>, so that <c>{% call %}</c> may be used with it.</summary>
    public bool UsesCaller { get; internal set; }

    /// <summary>True when the body mentions <c>varargs</c>: surplus positional arguments are accepted.</summary>
    public bool UsesVarargs { get; internal set; }

    /// <summary>True when the body mentions <c>kwargs</c>: unknown named arguments are accepted.</summary>
    public bool UsesKwargs { get; internal set; }

    internal IReadOnlyList<Statement> Body { get; set; } = [];

    internal ScopeLayout Scope { get; set; } = null!;

    internal SpecialSlots Specials { get; set; }

    internal readonly record struct SpecialSlots(int Caller, int Kwargs, int Varargs);
}

/// <summary>A parameter of a macro.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">The expression for calls that omit it, or null.</param>
/// <param name="Slot">Where the macro's scope keeps it.</param>
internal sealed record MacroParameter(string Name, Expression? Default, int Slot)
{
    /// <summary>The default, when it is a literal.</summary>
    public Value? LiteralDefault => Default is not null && StaticCalls.TryLiteral(Default, out var value) ? value : (Value?)null;
}
