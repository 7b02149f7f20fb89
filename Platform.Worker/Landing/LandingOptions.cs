using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Landing;

/// <summary>Section <c>Landing</c>.</summary>
internal sealed record LandingOptions
{
    public const string Section = "Landing";

    /// <summary>Name of the connection string: an Azure Storage connection string, or the account's blob address (https) for Entra.</summary>
    public const string Connection = "landing";

    /// <summary>Blob container that partitions land in. Default <c>landing</c>.</summary>
    [Required, MinLength(3), MaxLength(63)]
    public string Container { get; init; } = "landing";
}
