using System.Security.Cryptography;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>Random passwords and keys.</summary>
internal static class Secret
{
    /// <summary>192 random bits as letters and digits.</summary>
    public static string Password() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>A storage account key: 512 random bits in base 64.</summary>
    public static string StorageKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
}
