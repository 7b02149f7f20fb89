using System.Text.RegularExpressions;
using NuGet.Versioning;

namespace Platform.Worker.Transform.Packages;

/// <summary>
/// One constraint on a version, such as <c>&gt;=1.0.0</c> or <c>1.2.3</c>, with dbt's rules: three numbers, and a pre-release of an excluded
/// upper bound is excluded, too (<c>&lt;2.0.0</c> does not take 2.0.0-rc1).
/// </summary>
internal sealed partial record VersionConstraint(string Operator, NuGetVersion Version)
{
    public bool IsPrerelease => Version.IsPrerelease;

    private VersionRange Range => Operator switch
    {
        ">" => new VersionRange(Version, includeMinVersion: false),
        ">=" => new VersionRange(Version, includeMinVersion: true),
        "<" => new VersionRange(maxVersion: Version.IsPrerelease ? Version : FirstPrerelease(Version), includeMaxVersion: false),
        "<=" => new VersionRange(maxVersion: Version, includeMaxVersion: true),
        _ => new VersionRange(Version, includeMinVersion: true, Version, includeMaxVersion: true),
    };

    public bool Allows(NuGetVersion version) => Range.Satisfies(version);

    /// <summary>True when there can be a version that all constraints allow.</summary>
    public static bool CanAllHold(IEnumerable<VersionConstraint> constraints) =>
        !VersionRange.CommonSubSet(constraints.Select(constraint => constraint.Range)).Equals(VersionRange.None);

    /// <exception cref="FormatException">Not a version with three numbers.</exception>
    public static VersionConstraint Parse(string text)
    {
        var match = Pattern().Match(text.Trim());
        if (!match.Success)
        {
            throw new FormatException($"'{text}' is not a version. Write three numbers, such as 1.2.0 or >=1.2.0.");
        }

        var label = match.Groups["label"].Success ? "-" + match.Groups["label"].Value : "";
        return new VersionConstraint(match.Groups["operator"].Value, NuGetVersion.Parse(match.Groups["numbers"].Value + label));
    }

    public static NuGetVersion? TryVersion(string text)
    {
        try
        {
            return Parse(text) is { Operator: "" or "=" } exact ? exact.Version : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public override string ToString() => (Operator.Length == 0 ? "=" : Operator) + Version.ToNormalizedString();

    private static NuGetVersion FirstPrerelease(NuGetVersion version) => new(version.Major, version.Minor, version.Patch, "0");

    [GeneratedRegex(
        @"^(?<operator>>=|<=|>|<|=)?\s*(?<numbers>(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*))(-?(?<label>[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*))?(\+[0-9A-Za-z.-]+)?$")]
    private static partial Regex Pattern();
}
