using System.Collections;

namespace Platform.Worker.Transform.Profiles;

/// <summary>Values that must not appear in any output: those of environment variables named <c>DBT_ENV_SECRET...</c>.</summary>
internal static class Secrets
{
    public const string Prefix = "DBT_ENV_SECRET";

    private const string Mask = "*****";

    public static bool IsSecret(string variable) => variable.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The text with every secret value masked.</summary>
    public static string Scrub(string text)
    {
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry is { Key: string name, Value: string { Length: > 0 } value } && IsSecret(name))
            {
                text = text.Replace(value, Mask, StringComparison.Ordinal);
            }
        }

        return text;
    }
}
