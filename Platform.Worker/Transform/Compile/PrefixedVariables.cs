using System.Collections;

namespace Platform.Worker.Transform.Compile;

/// <summary>Environment variables by how their names begin.</summary>
internal static class PrefixedVariables
{
    /// <returns>The names, prefix included, with their values.</returns>
    public static IEnumerable<(string Name, string Value)> Read(string prefix)
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && name.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return (name, value);
            }
        }
    }
}
