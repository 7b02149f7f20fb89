using System.Globalization;
using System.Numerics;
using Platform.Worker.Transform.Artifacts;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Methods that go by what is said of nodes.</summary>
internal static class PropertyMethods
{
    public static Func<Node, bool> Tag(SelectionScope scope, SelectionCriterion criterion)
    {
        var pattern = criterion.Text;
        return node => node.Config.Tags.Any(tag => Glob.Matches(pattern, tag));
    }

    public static Func<Node, bool> Group(SelectionScope scope, SelectionCriterion criterion)
    {
        var pattern = criterion.Text;
        return node => (node.Group ?? node.Config.Text("group")) is { Length: > 0 } group && Glob.Matches(pattern, group);
    }

    public static Func<Node, bool> Access(SelectionScope scope, SelectionCriterion criterion)
    {
        var access = criterion.Text;
        return node => node.ResourceType is ResourceType.Model && node.Access == access;
    }

    public static Func<Node, bool> Type(SelectionScope scope, SelectionCriterion criterion)
    {
        var type = VerbResources.Parse(criterion.Text, criterion.At.File);
        return node => node.ResourceType == type;
    }

    public static Func<Node, bool> TestName(SelectionScope scope, SelectionCriterion criterion)
    {
        var pattern = criterion.Text;
        return node => node.ResourceType is ResourceType.UnitTest
            ? Glob.Matches(pattern, node.Name)
            : node.Test is { } test && Glob.Matches(pattern, test.Name);
    }

    public static Func<Node, bool> TestType(SelectionScope scope, SelectionCriterion criterion) => criterion.Text switch
    {
        "generic" or "schema" => static node => node.Test is not null,
        "singular" => static node => node.ResourceType is ResourceType.Test && node.Test is null,
        "data" => static node => node.ResourceType is ResourceType.Test,
        "unit" => static node => node.ResourceType is ResourceType.UnitTest,
        var other => throw new TransformException(criterion.At, $"Invalid test type selector '{other}'. Use generic, singular, unit or data."),
    };

    public static Func<Node, bool> Version(SelectionScope scope, SelectionCriterion criterion) => criterion.Text switch
    {
        "latest" => static node => node.IsLatestVersion,
        "prerelease" => static node => Compare(node) > 0,
        "old" => static node => Compare(node) < 0,
        "none" => static node => node.ResourceType is ResourceType.Model && node.Version is null,
        var other => throw new TransformException(criterion.At, $"Invalid version type selector '{other}'. Use latest, prerelease, old or none."),
    };

    /// <summary>A value of the configuration, at any depth; a list matches when it holds the value. Defaults count as configured.</summary>
    public static Func<Node, bool> Config(SelectionScope scope, SelectionCriterion criterion)
    {
        if (criterion.Arguments.Count == 0)
        {
            throw new TransformException(criterion.At, $"'{criterion.Raw}' names no configuration. Write config.<key>:<value>, such as config.materialized:table.");
        }

        var ignoresCase = criterion.Arguments is ["severity"];
        return node => node.ResourceType is not (ResourceType.Exposure or ResourceType.Metric or ResourceType.SemanticModel
                or ResourceType.SavedQuery or ResourceType.UnitTest)
            && Find(node, criterion.Arguments, out var found)
            && (found is IEnumerable<object?> and not IReadOnlyDictionary<string, object?>
                ? ((IEnumerable<object?>)found).Any(item => Equal(item, criterion.Value, ignoresCase))
                : Equal(found, criterion.Value, ignoresCase));
    }

    private static bool Find(Node node, IReadOnlyList<string> keys, out object? value)
    {
        value = node.Config.Values.ContainsKey(keys[0]) && keys.Count == 1 ? node.Config[keys[0]] : ManifestConfig.Of(node).GetValueOrDefault(keys[0]);
        foreach (var key in keys.Skip(1))
        {
            if (value is not IReadOnlyDictionary<string, object?> map || !map.TryGetValue(key, out value))
            {
                return false;
            }
        }

        return value is not null;
    }

    private static bool Equal(object? found, object wanted, bool ignoresCase) => (found, wanted) switch
    {
        (bool flag, bool other) => flag == other,
        (bool flag, string text) => string.Equals(text, flag ? "true" : "false", StringComparison.OrdinalIgnoreCase),
        (string text, string other) => string.Equals(text, other, ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal),
        (long or int or double or decimal or BigInteger, long or double) =>
            Convert.ToDouble(found, CultureInfo.InvariantCulture).Equals(Convert.ToDouble(wanted, CultureInfo.InvariantCulture)),
        _ => false,
    };

    /// <summary>The version against the latest one: numbers as numbers, all else as text; 0 without versions.</summary>
    private static int Compare(Node node)
    {
        if (node.Version is not { } version || node.LatestVersion is not { } latest)
        {
            return 0;
        }

        return double.TryParse(version, CultureInfo.InvariantCulture, out var number) && double.TryParse(latest, CultureInfo.InvariantCulture, out var newest)
            ? number.CompareTo(newest)
            : string.CompareOrdinal(version, latest);
    }
}
