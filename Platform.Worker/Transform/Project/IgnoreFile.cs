using System.Text;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Project;

/// <summary>.dbtignore: files that are no part of the project, in the syntax of .gitignore (https://docs.getdbt.com/reference/dbtignore).</summary>
internal sealed class IgnoreFile
{
    public const string FileName = ".dbtignore";

    private readonly List<(Regex Pattern, bool Ignores)> _rules = [];

    public IgnoreFile(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(line => line.TrimEnd()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var ignores = line[0] != '!';
            _rules.Add((Compile((ignores ? line : line[1..]).TrimStart('\\')), ignores));
        }
    }

    /// <param name="path">Relative to the project's root, with forward slashes.</param>
    public bool Ignores(string path)
    {
        var ignored = false;
        foreach (var (pattern, ignores) in _rules)
        {
            if (ignored != ignores && pattern.IsMatch(path))
            {
                ignored = ignores;
            }
        }

        return ignored;
    }

    private static Regex Compile(string rule)
    {
        var isFolder = rule.EndsWith('/');
        var body = rule.TrimEnd('/');
        // A slash anywhere but at the end ties the rule to the root.
        var pattern = new StringBuilder(body.Contains('/', StringComparison.Ordinal) ? "^" : "^(.*/)?");
        body = body.TrimStart('/');
        for (var at = 0; at < body.Length; at++)
        {
            var rest = body.AsSpan(at);
            if (rest.StartsWith("**/"))
            {
                pattern.Append("(.*/)?");
                at += 2;
            }
            else if (rest.StartsWith("**"))
            {
                pattern.Append(".*");
                at++;
            }
            else
            {
                pattern.Append(body[at] switch { '*' => "[^/]*", '?' => "[^/]", '[' => "[", ']' => "]", var other => Regex.Escape(other.ToString()) });
            }
        }

        return new Regex(pattern.Append(isFolder ? "/.*$" : "(/.*)?$").ToString(), RegexOptions.CultureInvariant);
    }
}
