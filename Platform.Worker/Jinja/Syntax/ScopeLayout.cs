namespace Platform.Worker.Jinja.Syntax;

/// <summary>
/// The variables that a scope (loop, macro, with, …) assigns, each with a slot. Known after parsing, so names are resolved once, not at
/// every evaluation. The top level has no slots: its variables live in the context, where included templates and blocks see them.
/// </summary>
internal sealed class ScopeLayout(ScopeLayout? parent, ScopeKind kind)
{
    private readonly List<string> _names = [];

    public ScopeLayout? Parent { get; } = parent;

    public ScopeKind Kind { get; } = kind;

    public IReadOnlyList<string> Names => _names;

    public int Count => _names.Count;

    /// <summary>Whether a macro or call block inside keeps the scope alive after it has ended.</summary>
    public bool IsCaptured { get; set; }

    private HashSet<string>? _specials;

    public bool IsSpecialUsed(string name) => _specials?.Contains(name) == true;

    /// <summary>Gives the scope one of the names that it provides itself: <c>loop</c>, <c>caller</c>, <c>super</c>, …</summary>
    public void UseSpecial(string name)
    {
        (_specials ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);
        Declare(name);
    }

    /// <summary>
    /// Notes that the name is read somewhere inside. As in Jinja every scope around that can provide it does, up to the template block,
    /// unless the name was assigned before.
    /// </summary>
    public void MentionSpecial(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            var provides = name switch
            {
                "loop" => scope.Kind == ScopeKind.Loop,
                "self" or "super" => scope.Kind == ScopeKind.Block,
                _ => scope.Kind == ScopeKind.Macro,
            };
            var assigned = scope.IndexOf(name) >= 0 && !scope.IsSpecialUsed(name);
            if (provides && (!assigned || name == "caller"))
            {
                scope.UseSpecial(name);
            }
            else if (assigned)
            {
                return;
            }
        }
    }

    public int IndexOf(string name) => _names.IndexOf(name);

    /// <summary>The variable's slot, given to it if it has none yet; -1 at the top level.</summary>
    public int Declare(string name)
    {
        if (Kind == ScopeKind.Root)
        {
            return -1;
        }

        var index = _names.IndexOf(name);
        if (index < 0)
        {
            index = _names.Count;
            _names.Add(name);
        }

        return index;
    }

    /// <summary>The slots that may hold a name used in this scope, innermost first. Scopes without variables exist only while parsing.</summary>
    public SlotReference[] Resolve(string name)
    {
        List<SlotReference>? found = null;
        var hops = 0;
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope.Count == 0)
            {
                continue;
            }

            var index = scope.IndexOf(name);
            if (index >= 0)
            {
                (found ??= []).Add(new SlotReference(hops, index));
            }

            hops++;
        }

        return found is null ? [] : [.. found];
    }
}

internal enum ScopeKind : byte
{
    Root,
    Plain,
    Loop,
    Macro,
    Block,
}
