namespace Platform.Metrics.Query;

/// <summary>The reader may not see what is asked for; an operator can change the key's grant.</summary>
internal sealed class NotAllowedException(string message) : Exception(message);
