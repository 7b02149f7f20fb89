using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja;

/// <summary>What one rendering adds to the environment.</summary>
internal sealed record RenderOptions
{
    public static RenderOptions Empty { get; } = new();

    /// <summary>The variables of the rendering. Not changed by it.</summary>
    public IReadOnlyDictionary<string, Value> Variables { get; init; } = new Dictionary<string, Value>();

    /// <summary>Asked for names that are not among <see cref="Variables"/>, before the environment's globals.</summary>
    public IGlobalResolver? Resolver { get; init; }

    /// <summary>Overrides the environment's undefined behaviour.</summary>
    public UndefinedBehavior? Undefined { get; init; }

    /// <summary>Anything the host's functions need: they read it from <see cref="Runtime.RenderState.Host"/>.</summary>
    public object? Host { get; init; }
}
