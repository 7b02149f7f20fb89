using System.Text.RegularExpressions;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Profiles;

/// <summary>Values that must not appear in any output: those of environment variables named <c>DBT_ENV_SECRET...</c>.</summary>
internal static partial class Secrets
{
    public const string Prefix = "DBT_ENV_SECRET";

    public const string Mask = "*****";

    public static bool IsSecret(string variable) => variable.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// Stands for the value of a secret while a template is rendered: what a filter makes of it is not the secret's value in another shape, which
    /// nothing would mask.
    /// </summary>
    public static string Placeholder(string variable) => $"$$$SECRET:{variable}$$$";

    /// <summary>The text with the values for their placeholders.</summary>
    public static string Reveal(string text) =>
        Placeholders().Replace(text, match => Environment.GetEnvironmentVariable(match.Groups[1].Value) ?? match.Value);

    [GeneratedRegex(@"\$\$\$SECRET:(\w+)\$\$\$")]
    private static partial Regex Placeholders();

    /// <summary>The text with every secret value masked.</summary>
    public static string Scrub(string text) => Scrub(text, Values());

    /// <summary>The text with these values masked.</summary>
    public static string Scrub(string text, IReadOnlyList<string> values) =>
        values.Aggregate(text, (masked, value) => masked.Replace(value, Mask, StringComparison.Ordinal));

    /// <summary>The secret values, for who masks many texts.</summary>
    public static IReadOnlyList<string> Values() =>
        [.. PrefixedVariables.Read(Prefix).Select(variable => variable.Value).Where(value => value.Length > 0)];
}
