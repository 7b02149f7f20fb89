namespace Platform.Worker.Landing;

/// <summary>A partition is missing or is not what its manifest says.</summary>
internal sealed class LandingException(string message, Exception? innerException = null) : DataFaultException(message, innerException)
{
    /// <summary>Blob in question, within the landing container.</summary>
    public required string Blob { get; init; }
}
