using System.Globalization;

namespace Platform.Api.Console;

/// <summary>Values as people read them: €1.24 M, 38.4 %, 12,480, 3.2 days.</summary>
internal static class ValueText
{
    // A narrow no-break space keeps a number and its unit together.
    private const char Gap = '\u202f';

    private const string Nothing = "–";

    public static string Of(decimal? value, string? unit) => (value, unit) switch
    {
        (null, _) => Nothing,
        ({ } number, "EUR" or "GBP" or "USD" or "CHF") => Money(number, unit!),
        ({ } number, "ratio" or "percent") => $"{(number * 100).ToString("0.0", CultureInfo.InvariantCulture)}{Gap}%",
        ({ } number, "count" or null or "") => Count(number),
        ({ } number, _) => $"{Short(number, 1)}{Gap}{unit}",
    };

    /// <summary>The change between two periods: percent, or percentage points of a ratio; null when there is none to tell.</summary>
    public static string? Change(decimal? value, decimal? before, string? unit)
    {
        if (value is not { } now || before is not { } then)
        {
            return null;
        }

        if (unit is "ratio" or "percent")
        {
            return $"{Signed((now - then) * 100)}{Gap}pp";
        }

        return then == 0 ? null : $"{Signed((now - then) / Math.Abs(then) * 100)}{Gap}%";
    }

    public static string Duration(double? seconds) => seconds switch
    {
        null => "",
        < 1 => $"{(int)(seconds * 1000)}{Gap}ms",
        < 10 => $"{seconds.Value.ToString("0.0", CultureInfo.InvariantCulture)}{Gap}s",
        < 60 => $"{(int)seconds}{Gap}s",
        < 3600 => $"{(int)(seconds / 60)}{Gap}min{Gap}{(int)(seconds % 60)}{Gap}s",
        _ => $"{(int)(seconds / 3600)}{Gap}h{Gap}{(int)(seconds / 60 % 60)}{Gap}min",
    };

    public static string Ago(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalMinutes: < 2 } => "a minute ago",
        { TotalHours: < 1 } => $"{(int)age.TotalMinutes} minutes ago",
        { TotalHours: < 2 } => "an hour ago",
        { TotalDays: < 2 } => $"{(int)age.TotalHours} hours ago",
        _ => $"{(int)age.TotalDays} days ago",
    };

    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Money(decimal value, string currency)
    {
        var symbol = currency switch
        {
            "EUR" => "€",
            "GBP" => "£",
            "USD" => "$",
            _ => currency + Gap,
        };
        return $"{(value < 0 ? "−" : "")}{symbol}{Short(Math.Abs(value), 2)}";
    }

    private static string Count(decimal value) =>
        Math.Abs(value) < 100_000
            ? value.ToString(value == decimal.Truncate(value) ? "N0" : "N1", CultureInfo.InvariantCulture)
            : Short(value, 0);

    /// <summary>Three or four digits that matter, and k or M.</summary>
    private static string Short(decimal value, int smallDecimals)
    {
        var (scaled, suffix) = Math.Abs(value) switch
        {
            >= 999_500_000 => (value / 1_000_000_000, $"{Gap}bn"),
            >= 999_500 => (value / 1_000_000, $"{Gap}M"),
            >= 9_999.5m => (value / 1_000, $"{Gap}k"),
            _ => (value, ""),
        };
        var decimals = suffix.Length == 0 ? (Math.Abs(value) >= 1_000 ? 0 : smallDecimals) : Math.Abs(scaled) >= 100 ? 0 : Math.Abs(scaled) >= 10 ? 1 : 2;
        return scaled.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) + suffix;
    }

    private static string Signed(decimal value)
    {
        var rounded = Math.Round(value, 1, MidpointRounding.AwayFromZero);
        var sign = rounded > 0 ? "+" : rounded < 0 ? "−" : "±";
        return sign + Math.Abs(rounded).ToString("0.0", CultureInfo.InvariantCulture);
    }
}
