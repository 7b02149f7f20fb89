namespace Platform.Worker.Sources.Story;

/// <summary>
/// Money as whole cents, rates as whole millionths; every rounding is half away from zero. Amounts here are never negative.
/// </summary>
internal static class Cents
{
    /// <summary>An amount in EUR at a rate of millionths of a EUR per unit of its currency.</summary>
    public static long ToEur(long cents, long microRate) => ((cents * microRate) + 500_000) / 1_000_000;

    /// <summary>An amount in EUR in another currency.</summary>
    public static long FromEur(long cents, long microRate) => ((cents * 1_000_000) + (microRate / 2)) / microRate;

    /// <summary><paramref name="part"/> of <paramref name="whole"/> equal parts.</summary>
    public static long Share(long cents, long part, long whole) => ((cents * part * 2) + whole) / (2 * whole);
}
