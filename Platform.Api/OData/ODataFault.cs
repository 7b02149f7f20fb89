namespace Platform.Api.OData;

/// <summary>A request that cannot be answered, and why.</summary>
internal sealed class ODataFault(int status, string code, string message, string? target = null) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>The query option at fault, when one is.</summary>
    public string? Target { get; } = target;

    public static ODataFault Bad(string message, string? target = null) => new(StatusCodes.Status400BadRequest, "bad-request", message, target);

    public static ODataFault NotFound(string message) => new(StatusCodes.Status404NotFound, "not-found", message);

    /// <summary>Part of OData, and not of this service.</summary>
    public static ODataFault NotImplemented(string message, string? target = null) =>
        new(StatusCodes.Status501NotImplemented, "not-implemented", message, target);
}
