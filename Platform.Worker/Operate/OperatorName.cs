namespace Platform.Worker.Operate;

/// <summary>Who made a change, as the audit log has it.</summary>
internal static class OperatorName
{
    /// <summary>The operating system's user on this machine, for verbs.</summary>
    public static string OfVerb { get; } = $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>The name of the key that a request was sent with, or <c>loopback</c>.</summary>
    public static string Of(HttpContext context) => $"api:{context.User.Identity?.Name}";
}
