using Platform.Metrics.Catalogue;

namespace Platform.Worker.Transform.Project.Rollups;

/// <summary>Time grains of rollups.</summary>
internal static class RollupGrains
{
    public const string Day = "day";

    private static readonly string[] All = [.. TimeGrainNames.All];

    public static bool IsStandard(string? grain) => grain is not null && Array.IndexOf(All, grain) >= 0;

    public static bool IsOfDays(string grain) => Array.IndexOf(All, grain) >= Array.IndexOf(All, Day);

    /// <summary>The coarsest grain of which periods of both are made.</summary>
    public static string Common(string one, string other)
    {
        var (finer, coarser) = Array.IndexOf(All, one) < Array.IndexOf(All, other) ? (one, other) : (other, one);
        return finer == "week" && coarser != "week" ? Day : finer;
    }

    /// <summary>The grain asked for, if the time is not kept at a coarser one itself.</summary>
    public static string AtLeast(string grain, string own) => Array.IndexOf(All, grain) < Array.IndexOf(All, own) ? own : grain;
}
