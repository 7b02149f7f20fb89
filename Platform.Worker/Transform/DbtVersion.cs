using NuGet.Versioning;

namespace Platform.Worker.Transform;

/// <summary>The version of dbt whose language is spoken here: what <c>dbt_version</c> shows and require-dbt-version is compared with.</summary>
internal static class DbtVersion
{
    public const string Text = "1.11.0";

    public static readonly NuGetVersion Number = NuGetVersion.Parse(Text);
}
