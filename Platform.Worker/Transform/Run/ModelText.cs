using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Run;

/// <summary>What can be told from a model's text without rendering it.</summary>
internal static partial class ModelText
{
    /// <summary>True when Jinja in it names <c>this</c>: batches of a model that reads itself depend on each other.</summary>
    public static bool MentionsThis(string rawCode) => This().IsMatch(rawCode);

    [GeneratedRegex(@"\{[{%](?:(?![}%]\}).)*\bthis\b", RegexOptions.Singleline)]
    private static partial Regex This();
}
