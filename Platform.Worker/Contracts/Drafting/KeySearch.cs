using System.IO.Hashing;

namespace Platform.Worker.Contracts.Drafting;

/// <summary>Looks for columns whose values tell the rows apart: one column, or two or three of the first ones.</summary>
internal sealed class KeySearch
{
    /// <summary>Most columns that combinations are made of.</summary>
    private const int MaxColumns = 8;

    /// <summary>Most values that are remembered; what is unique so far is taken for unique when there are more.</summary>
    private const int MaxRemembered = 6_000_000;

    private readonly List<Candidate> _candidates;
    private readonly ulong[] _hashes;
    private int _remembered;

    private KeySearch(List<Candidate> candidates, int columns)
    {
        _candidates = candidates;
        _hashes = new ulong[columns];
    }

    /// <summary>Whether the file has more rows than were compared.</summary>
    public bool IsGuess => _remembered >= MaxRemembered;

    /// <summary>The columns that were unique together, best first.</summary>
    public IEnumerable<IReadOnlyList<int>> Found => _candidates.Select(candidate => candidate.Columns);

    /// <param name="eligible">Columns that may be part of a key, best first.</param>
    /// <param name="columns">Columns of the file.</param>
    /// <param name="size">How many columns make a key: 1 to 3.</param>
    public static KeySearch Of(IReadOnlyList<int> eligible, int columns, int size)
    {
        var from = size == 1 ? eligible : [.. eligible.Take(MaxColumns)];
        return new KeySearch([.. Combinations(from, size).Select(combination => new Candidate(combination, []))], columns);
    }

    /// <param name="field">The fields of a record.</param>
    public void Add(Field field)
    {
        if (_candidates.Count == 0 || IsGuess)
        {
            return;
        }

        for (var column = 0; column < _hashes.Length; column++)
        {
            _hashes[column] = XxHash3.HashToUInt64(field(column));
        }

        for (var index = _candidates.Count - 1; index >= 0; index--)
        {
            var (columns, seen) = _candidates[index];
            var hash = columns.Aggregate(0UL, (mixed, column) => (mixed * 0x9E3779B97F4A7C15) + _hashes[column]);
            if (!seen.Add(hash))
            {
                _remembered -= seen.Count;
                _candidates.RemoveAt(index);
            }
            else
            {
                _remembered++;
            }
        }
    }

    private static IEnumerable<int[]> Combinations(IReadOnlyList<int> from, int size) => size == 0
        ? [[]]
        : from.Index().SelectMany(first => Combinations([.. from.Skip(first.Index + 1)], size - 1).Select(rest => (int[])[first.Item, .. rest]));

    /// <summary>Text of a field by its column.</summary>
    internal delegate ReadOnlySpan<byte> Field(int column);

    private sealed record Candidate(int[] Columns, HashSet<ulong> Seen);
}
