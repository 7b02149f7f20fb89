using System.Security.Cryptography;
using System.Text;

namespace Platform.Metrics.Plan;

/// <summary>Gives out names that are unique within a statement and not longer than PostgreSQL keeps.</summary>
internal sealed class ColumnNames
{
    private const int MaxLength = 63;

    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    public string Take(string wanted)
    {
        var name = Short(wanted);
        for (var number = 2; !taken.Add(name); number++)
        {
            name = Short($"{wanted}_{number}");
        }

        return name;
    }

    /// <summary>A long name keeps its beginning and gets a hash of the rest, so that two that begin alike stay apart.</summary>
    private static string Short(string name) =>
        Encoding.UTF8.GetByteCount(name) <= MaxLength
            ? name
            : $"{name[..Math.Min(name.Length, 40)]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8))}";
}
