using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Docs;

/// <summary>A page of the documentation: the lines of its code blocks, and where its links lead.</summary>
internal sealed partial class MarkdownPage(string path)
{
    private readonly string _text = File.ReadAllText(Path.Combine(Repository.Root, path));

    /// <summary>All pages that a reader gets to see, relative to the repository.</summary>
    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(page => Path.GetRelativePath(Repository.Root, page));

    public IEnumerable<string> CodeLines => CodeBlock().Matches(_text).SelectMany(block => block.Groups[1].Value.Split('\n'));

    /// <summary>Links to files of the repository that are not there.</summary>
    public IEnumerable<string> BrokenLinks =>
        from link in Link().Matches(_text)
        let target = link.Groups[1].Value
        where !target.Contains("://", StringComparison.Ordinal) && target[0] != '#'
        where !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, target.Split('#')[0]))
        select $"{path}: {target}";

    [GeneratedRegex("""^```[a-z]*\n(.*?)^```""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("""\]\(([^)\s]+)\)""")]
    private static partial Regex Link();
}
