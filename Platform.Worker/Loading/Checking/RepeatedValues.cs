using System.IO.Hashing;

namespace Platform.Worker.Loading.Checking;

/// <summary>
/// Finds the rows whose value of some columns another row of the partition has, exactly and in bounded memory, in two readings: the first finds the
/// values that probably occur again, the second remembers where those few occurred first.
/// </summary>
/// <param name="columns">Positions of the columns in the contract.</param>
/// <param name="name">What to call them.</param>
/// <param name="expectedRows">How many rows to expect.</param>
internal sealed class RepeatedValues(int[] columns, string name, long expectedRows)
{
    /// <summary>Most values that are remembered, about 100 MB.</summary>
    private const int MaxRemembered = 2_000_000;

    private readonly KeyFilter _seen = new(expectedRows);
    private readonly XxHash128 _hash = new();
    private readonly Dictionary<UInt128, FilePlace> _first = [];
    private KeyFilter? _again;

    public string Name => name;

    public IReadOnlyList<int> Columns => columns;

    /// <summary>Whether there is anything to look for in a second reading.</summary>
    public bool HasSuspects => _again is not null;

    /// <summary>Takes a row of the first reading.</summary>
    public void Add(CopyRow row)
    {
        if (TryHash(row, out var hash) && !_seen.Add((ulong)hash))
        {
            _again ??= new KeyFilter(expectedRows);
            _again.Add((ulong)hash);
        }
    }

    /// <summary>Takes a row of the second reading: where its value occurred first, or null when that is here.</summary>
    /// <exception cref="DataFaultException">More values occur again than memory is kept for.</exception>
    public FilePlace? Find(CopyRow row, FilePlace place)
    {
        if (_again is null || !TryHash(row, out var hash) || !_again.Contains((ulong)hash))
        {
            return null;
        }

        if (_first.TryGetValue(hash, out var first))
        {
            return first;
        }

        if (_first.Count == MaxRemembered)
        {
            throw new DataFaultException(
                $"More than {MaxRemembered} values of {name} occur more than once: the file probably holds its rows twice. Remove the repeated rows and check again.");
        }

        _first.Add(hash, place);
        return null;
    }

    /// <summary>False for a row without a value, which is like no other.</summary>
    private bool TryHash(CopyRow row, out UInt128 hash)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        hash = default;
        _hash.Append(row.Field(row.Partition));
        foreach (var column in columns)
        {
            if (row.IsNull(column))
            {
                _hash.Reset();
                return false;
            }

            var field = row.Field(column);
            BitConverter.TryWriteBytes(length, field.Length);
            _hash.Append(length);
            _hash.Append(field);
        }

        hash = _hash.GetCurrentHashAsUInt128();
        _hash.Reset();
        return true;
    }
}

/// <summary>A line of one of the files.</summary>
/// <param name="File">Position of the file among those checked.</param>
/// <param name="Line">Line of the file, from 1.</param>
internal readonly record struct FilePlace(int File, int Line);
