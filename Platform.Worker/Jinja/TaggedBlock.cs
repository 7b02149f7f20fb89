namespace Platform.Worker.Jinja;

/// <summary>A named block of an extension tag, such as <c>{% docs orders %}…{% enddocs %}</c>.</summary>
internal sealed class TaggedBlock
{
    public required string TagName { get; init; }

    public required string Name { get; init; }

    /// <summary>Offset of the opening tag in the template's source.</summary>
    public required int Start { get; init; }

    /// <summary>Offset behind the opening tag: the body's first character.</summary>
    public required int BodyStart { get; init; }

    /// <summary>Offset of the closing tag.</summary>
    public required int BodyEnd { get; init; }

    /// <summary>Offset behind the closing tag.</summary>
    public required int End { get; init; }

    /// <summary>The template the block is written in.</summary>
    public required Template Template { get; init; }

    /// <summary>The body as a template of its own: it renders without the text around it, errors name the lines of the whole file.</summary>
    public required Template Body { get; init; }

    public string BodyText => Template.Source[BodyStart..BodyEnd];
}
