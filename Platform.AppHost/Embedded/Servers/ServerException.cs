namespace Platform.AppHost.Embedded.Servers;

/// <summary>A server could not be installed, started or stopped. The message names the cause and the remedy and is shown as it is.</summary>
internal sealed class ServerException(string message, Exception? innerException = null) : Exception(message, innerException);
