namespace Platform.Worker.Operate.Api;

/// <summary>Section <c>Operator</c>: who may operate the Worker over HTTP.</summary>
internal sealed class OperatorOptions
{
    public const string Section = "Operator";

    /// <summary>
    /// What requests send as <c>X-Api-Key</c>. Default none: then only loopback requests in Development are let in, all others are refused.
    /// </summary>
    public string? ApiKey { get; set; }
}
