namespace Platform.Worker.Jinja.Syntax;

/// <summary>A block tag that the host adds to the language. Used by several threads at once: keep no state.</summary>
internal abstract class ExtensionTag(string name)
{
    /// <summary>The word that opens the tag.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// Reads the tag from behind its name up to, but not including, the <c>%}</c> of its last part: <see cref="TagParser.ParseBody"/> stops there.
    /// </summary>
    public abstract void Parse(TagParser parser);
}

/// <summary>
/// A tag that defines a macro under a derived name: <c>{% test unique(model) %}…{% endtest %}</c> defines <c>test_unique</c>.
/// </summary>
/// <param name="name">The opening word; the closing one is <c>end</c> + name.</param>
/// <param name="macroName">The macro's name from the one written.</param>
internal sealed class MacroTag(string name, Func<string, string> macroName) : ExtensionTag(name)
{
    public override void Parse(TagParser parser)
    {
        var written = parser.ExpectName();
        parser.DefineMacro(macroName(written), parser.At(TokenKind.LParen));
    }
}

/// <summary>A tag that names a part of the template, found at <see cref="Template.TaggedBlocks"/>; where it stands it prints nothing.</summary>
/// <param name="name">The opening word; the closing one is <c>end</c> + name.</param>
internal sealed class NamedBlockTag(string name) : ExtensionTag(name)
{
    public override void Parse(TagParser parser) => parser.DefineBlock(parser.ExpectName());
}
