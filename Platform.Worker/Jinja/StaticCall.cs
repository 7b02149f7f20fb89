using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja;

/// <summary>A call found without rendering.</summary>
/// <param name="Function">The name called; for a method its dotted path (<c>adapter.dispatch</c>).</param>
/// <param name="Positional">Its positional arguments; null where one is not a literal.</param>
/// <param name="Named">Its named arguments; null where one is not a literal.</param>
/// <param name="Line">Line of the call, from 1.</param>
/// <param name="Column">Column of the call, from 1.</param>
/// <param name="IsLiteral">True when every argument is a literal and nothing is spread with <c>*</c> or <c>**</c>.</param>
internal sealed record StaticCall(
    string Function,
    IReadOnlyList<Value?> Positional,
    IReadOnlyDictionary<string, Value?> Named,
    int Line,
    int Column,
    bool IsLiteral)
{
    /// <summary>Named arguments that are no literals, as text that is another one when the expression is another one.</summary>
    public IReadOnlyDictionary<string, string> Expressions { get; init; } = new Dictionary<string, string>();
}
