namespace Platform.ServiceDefaults;

/// <summary>Names of the landing zone: the blob container into which each day's files come.</summary>
public static class LandingNames
{
    /// <summary>Name of the connection string.</summary>
    public const string Connection = "landing";

    /// <summary>The container where <c>Landing:Container</c> names no other.</summary>
    public const string Container = "landing";

    /// <summary>Configuration key of the container's name.</summary>
    public const string ContainerKey = "Landing:Container";
}
