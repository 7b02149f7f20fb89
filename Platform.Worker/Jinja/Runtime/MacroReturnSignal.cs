namespace Platform.Worker.Jinja.Runtime;

/// <summary>
/// Unwinds to the macro that is to return, when <c>return()</c> was called in the middle of an expression or below host code. The usual
/// <c>{{ return(x) }}</c> and <c>{% do return(x) %}</c> need no exception.
/// </summary>
internal sealed class MacroReturnSignal : Exception;
