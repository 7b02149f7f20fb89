namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Which tests come along with the nodes they test (https://docs.getdbt.com/reference/global-configs/indirect-selection).</summary>
internal enum IndirectSelection
{
    /// <summary>Any of the nodes it tests is selected.</summary>
    Eager,

    /// <summary>All of them are selected.</summary>
    Cautious,

    /// <summary>All of them are selected or are ancestors of what is.</summary>
    Buildable,

    /// <summary>None comes along.</summary>
    Empty,
}

internal static class IndirectSelections
{
    /// <exception cref="TransformException">Not a mode.</exception>
    public static IndirectSelection Parse(string text, SourceLocation at) =>
        Enum.TryParse<IndirectSelection>(text, ignoreCase: true, out var mode) && Enum.IsDefined(mode) && !char.IsAsciiDigit(text[0])
            ? mode
            : throw new TransformException(at, $"'{text}' is no mode of indirect selection. Use eager, cautious, buildable or empty.");
}
