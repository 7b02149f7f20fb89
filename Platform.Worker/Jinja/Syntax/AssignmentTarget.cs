namespace Platform.Worker.Jinja.Syntax;

/// <summary>The left side of an assignment: a name, an attribute of a namespace, or a tuple of these.</summary>
internal abstract class AssignmentTarget(int position)
{
    public int Position { get; } = position;
}

/// <param name="position">Offset in the source.</param>
/// <param name="name">The variable.</param>
/// <param name="slot">Its slot in the scope it is assigned in; -1 at the top level, where the context keeps variables.</param>
internal sealed class NameTarget(int position, string name, int slot) : AssignmentTarget(position)
{
    public string Name { get; } = name;

    public int Slot { get; } = slot;
}

/// <summary><c>ns.attribute</c>.</summary>
internal sealed class NamespaceTarget(int position, NameExpression owner, string attribute) : AssignmentTarget(position)
{
    public NameExpression Owner { get; } = owner;

    public string Attribute { get; } = attribute;
}

internal sealed class TupleTarget(int position, AssignmentTarget[] items) : AssignmentTarget(position)
{
    public AssignmentTarget[] Items { get; } = items;
}
