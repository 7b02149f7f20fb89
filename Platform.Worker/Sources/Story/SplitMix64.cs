using System.Runtime.CompilerServices;

namespace Platform.Worker.Sources.Story;

/// <summary>
/// Random numbers that are the same on every machine and in every version (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014). Eight bytes of state: cheap enough for one of its own per order, so that any order can be told without those before
/// it.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private ulong _state = state;

    /// <summary>A key below <paramref name="key"/>, as good as independent of those of other values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Derive(ulong key, ulong value) => Mix(key ^ Mix(value + 0x9E3779B97F4A7C15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary><paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in <paramref name="perMille"/> of 1000 cases.</summary>
    public bool Chance(int perMille) => Below(1000) < perMille;

    /// <summary>Position in a list of weights that add up to 1000.</summary>
    public int Pick(ReadOnlySpan<int> perMille)
    {
        var rest = Below(1000);
        var position = 0;
        while (rest >= perMille[position])
        {
            rest -= perMille[position++];
        }

        return position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
