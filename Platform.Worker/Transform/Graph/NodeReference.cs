namespace Platform.Worker.Transform.Graph;

/// <summary>A <c>ref()</c> as written.</summary>
internal readonly record struct RefCall(string? Package, string Name, string? Version);

/// <summary>Which parts of a relation's name are quoted.</summary>
internal readonly record struct RelationQuoting(bool Database, bool Schema, bool Identifier)
{
    /// <summary>PostgreSQL's default: all of them.</summary>
    public static readonly RelationQuoting All = new(true, true, true);
}
