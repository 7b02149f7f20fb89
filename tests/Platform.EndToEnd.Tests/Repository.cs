using System.Reflection;

namespace Platform.EndToEnd.Tests;

/// <summary>Where this assembly was built from, as the build noted it.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Platform.sln.</summary>
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>A fact of the build, from the project file's AssemblyMetadata.</summary>
    public static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
