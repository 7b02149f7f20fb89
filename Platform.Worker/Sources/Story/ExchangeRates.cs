namespace Platform.Worker.Sources.Story;

/// <summary>
/// Daily rates: a long-term level per currency with waves of some months, weeks and days on it, told for any day by itself.
/// </summary>
internal static class ExchangeRates
{
    // Millionths of a EUR for one unit, in the order of Currency.
    private static readonly long[] Levels = [1_000_000, 1_164_000, 918_000, 1_052_000, 88_400];

    // Length in days and height in millionths.
    private static readonly (int Days, int Height)[] Waves = [(181, 22_000), (37, 9_000), (9, 4_000), (2, 1_500)];

    /// <summary>Millionths of a EUR for one unit of the currency.</summary>
    public static long Micro(Currency currency, DateOnly date, ulong key)
    {
        if (currency == Currency.EUR)
        {
            return 1_000_000;
        }

        var deviation = 0L;
        for (var wave = 0; wave < Waves.Length; wave++)
        {
            var (days, height) = Waves[wave];
            var waveKey = SplitMix64.Derive(key, (ulong)((10 * (int)currency) + wave));
            var (number, passed) = Math.DivRem(date.DayNumber, days);
            var before = Swing(waveKey, number, height);
            deviation += before + ((Swing(waveKey, number + 1, height) - before) * passed / days);
        }

        return Levels[(int)currency] + (Levels[(int)currency] * deviation / 1_000_000);
    }

    private static long Swing(ulong key, int number, int height) =>
        new SplitMix64(SplitMix64.Derive(key, (ulong)number)).Between(-height, height);
}
