namespace Platform.Worker.Loading;

/// <summary>
/// Remembers keys in a fixed amount of memory (a blocked Bloom filter: six bits of one 64-byte block per key). It never forgets a key; of new
/// ones it takes a few for seen, so "seen" is a suspicion that the warehouse decides.
/// </summary>
internal sealed class KeyFilter
{
    private const int WordsPerBlock = 8;
    private const int BitsPerKey = 16;
    private const int BitsOfKey = 6;
    private const long MaxBytes = 64 << 20;

    private readonly ulong[] _words;
    private readonly uint _blocks;

    /// <param name="expectedKeys">How many keys to expect; more cost more suspicions, nothing else.</param>
    public KeyFilter(long expectedKeys)
    {
        var bytes = Math.Clamp(expectedKeys * BitsPerKey / 8, WordsPerBlock * sizeof(ulong), MaxBytes);
        _blocks = (uint)(bytes / (WordsPerBlock * sizeof(ulong)));
        _words = new ulong[_blocks * WordsPerBlock];
    }

    /// <summary>Whether the key was probably added; false when it was not.</summary>
    public bool Contains(ulong hash)
    {
        var block = BlockOf(hash);
        var bits = Spread(hash);
        var isThere = true;
        for (var index = 0; index < BitsOfKey; index++, bits >>= 9)
        {
            isThere &= (_words[block + (int)((bits >> 6) & 7)] & (1UL << (int)(bits & 63))) != 0;
        }

        return isThere;
    }

    /// <summary>Adds the key; true when it was not there before, false when it probably was.</summary>
    public bool Add(ulong hash)
    {
        var block = BlockOf(hash);
        var bits = Spread(hash);
        var isNew = false;
        for (var index = 0; index < BitsOfKey; index++, bits >>= 9)
        {
            ref var word = ref _words[block + (int)((bits >> 6) & 7)];
            var bit = 1UL << (int)(bits & 63);
            isNew |= (word & bit) == 0;
            word |= bit;
        }

        return isNew;
    }

    private int BlockOf(ulong hash) => (int)(((hash >> 32) * _blocks) >> 32) * WordsPerBlock;

    private static ulong Spread(ulong hash) => hash * 0x9E3779B97F4A7C15UL;
}
