using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

/// <summary>What an <see cref="ExtensionTag"/> reads its tag with.</summary>
internal sealed class TagParser
{
    private readonly Parser _parser;
    private readonly string _tag;
    private readonly int _start;
    private readonly List<Statement> _result;

    internal TagParser(Parser parser, string tag, int start, List<Statement> result)
    {
        _parser = parser;
        _tag = tag;
        _start = start;
        _result = result;
    }

    /// <summary>The token to be read next.</summary>
    public Token Current => _parser.Current;

    public Token Next() => _parser.Next();

    public bool At(TokenKind kind) => Current.Kind == kind;

    public bool SkipIf(TokenKind kind)
    {
        var found = At(kind);
        if (found)
        {
            Next();
        }

        return found;
    }

    public Token Expect(TokenKind kind) => _parser.Expect(kind);

    /// <summary>Reads a word.</summary>
    public string ExpectName() => Expect(TokenKind.Name).Text;

    /// <summary>Reads an expression that must be a literal: a string, number, list, dict, true, false or none.</summary>
    public Value ParseLiteral()
    {
        var start = Current.Start;
        var expression = _parser.ParseExpression();
        return StaticCalls.TryLiteral(expression, out var value) ? value : throw Error("expected a literal value", start);
    }

    /// <summary>
    /// Defines a macro: reads its signature if <paramref name="hasSignature"/>, the end of the opening tag and the body up to
    /// <c>end</c> + tag name.
    /// </summary>
    public MacroDefinition DefineMacro(string name, bool hasSignature, IReadOnlyDictionary<string, Value>? metadata = null)
    {
        var macro = _parser.ParseMacro(name, _tag, _start, hasSignature, metadata);
        _result.Add(new MacroStatement(_start, macro, _parser.Declare(name, _start)));
        return macro;
    }

    /// <summary>Defines a named block: reads the end of the opening tag and the body up to <c>end</c> + tag name.</summary>
    public TaggedBlock DefineBlock(string name) => _parser.ParseTaggedBlock(name, _tag, _start);

    public JinjaException Error(string message, int? position = null) => _parser.Error(message, position ?? Current.Start);
}
