using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Reads criteria as the command line has them: <c>2+method.argument:value+1</c>, <c>@value</c>.</summary>
internal static partial class CriterionParser
{
    private static readonly string[] Everything = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"];

    /// <summary>The nodes of <paramref name="select"/> (all when it is empty) without those of <paramref name="exclude"/>.</summary>
    /// <exception cref="TransformException">A criterion cannot be read.</exception>
    public static SelectionSpec Parse(IReadOnlyList<string> select, IReadOnlyList<string> exclude, IndirectSelection mode) => new SelectionGroup(
        SetOperation.Difference,
        [
            select.Count == 0 ? Union(Everything, mode, "--select", isExpected: false) : Union(select, mode, "--select", isExpected: true),
            Union(exclude, mode, "--exclude", isExpected: true),
        ]);

    /// <summary>A single criterion.</summary>
    /// <exception cref="TransformException">It cannot be read.</exception>
    public static SelectionCriterion Parse(string raw, IndirectSelection mode, SourceLocation at)
    {
        var match = Pattern().Match(raw);
        var (method, arguments) = Method(match.Groups["method"].Success ? match.Groups["method"].Value : DefaultMethod(match.Groups["value"].Value), raw, at);
        return Checked(new SelectionCriterion
        {
            Raw = raw,
            Method = method,
            Arguments = arguments,
            Value = match.Groups["value"].Value,
            ChildrensParents = match.Groups["childrens_parents"].Success,
            ParentsDepth = match.Groups["parents"].Success ? Depth(match.Groups["parents_depth"].Value, raw, at) : 0,
            ChildrenDepth = match.Groups["children"].Success ? Depth(match.Groups["children_depth"].Value, raw, at) : 0,
            IndirectSelection = mode,
            At = at,
        });
    }

    /// <summary>Splits <c>config.meta.owner</c>; an unknown method is refused with those that resemble it.</summary>
    public static (string Name, IReadOnlyList<string> Arguments) Method(string text, string raw, SourceLocation at)
    {
        var parts = text.Split('.');
        if (SelectionMethods.Names.Contains(parts[0]))
        {
            return (parts[0], parts[1..]);
        }

        var near = SelectionMethods.Names.Where(name => Resembles(name, parts[0])).ToList();
        throw new TransformException(
            at,
            $"'{parts[0]}' is not a valid method name in '{raw}'. "
            + (near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : $"Methods are {string.Join(", ", SelectionMethods.Names)}."));
    }

    /// <exception cref="TransformException">Graph operators that exclude each other.</exception>
    public static SelectionCriterion Checked(SelectionCriterion criterion) => criterion is { ChildrensParents: true, ChildrenDepth: > 0 }
        ? throw new TransformException(criterion.At, $"Invalid node spec '{criterion.Raw}': the prefix @ already takes the children, so no + may follow. Leave one out.")
        : criterion;

    public static int Depth(string text, string raw, SourceLocation at) =>
        text.Length == 0 ? int.MaxValue
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? depth
        : throw new TransformException(at, $"Invalid node spec '{raw}': '{text}' is no number of levels.");

    private static SelectionGroup Union(IEnumerable<string> criteria, IndirectSelection mode, string place, bool isExpected)
    {
        var at = new SourceLocation(place);
        var terms = criteria.SelectMany(criterion => criterion.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new SelectionGroup(
            SetOperation.Union,
            [
                .. terms.Select(term => new SelectionGroup(
                    SetOperation.Intersection, [.. term.Split(',').Select(part => Parse(part, mode, at))])
                {
                    IndirectSelection = mode,
                    Expected = isExpected ? term : null,
                }),
            ])
        {
            IndirectSelection = mode,
        };
    }

    private static string DefaultMethod(string value) =>
        value.Contains('/') || value.Contains(Path.DirectorySeparatorChar) ? "path"
        : Path.GetExtension(value).ToLowerInvariant() is ".sql" or ".py" or ".csv" ? "file"
        : "fqn";

    /// <summary>At most two letters apart, or one contains the other.</summary>
    private static bool Resembles(string name, string written)
    {
        if (written.Length > 2 && (name.Contains(written, StringComparison.OrdinalIgnoreCase) || written.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        var row = Enumerable.Range(0, written.Length + 1).ToArray();
        for (var i = 1; i <= name.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= written.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (name[i - 1] == written[j - 1] ? 0 : 1)));
            }
        }

        return row[^1] <= Math.Min(2, name.Length / 2);
    }

    [GeneratedRegex(
        @"\A(?<childrens_parents>@)?(?<parents>(?<parents_depth>\d*)\+)?((?<method>[\w.]+):)?(?<value>.*?)(?<children>\+(?<children_depth>\d*))?\z",
        RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
