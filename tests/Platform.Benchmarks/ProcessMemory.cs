using System.Diagnostics;
using System.Globalization;

namespace Platform.Benchmarks;

/// <summary>What a process occupies, in bytes.</summary>
/// <param name="Resident">All its pages in memory, unchanged pages of files (code, metadata) among them, which the system drops when it needs room.</param>
/// <param name="Own">Pages that it has written and that nothing but its end frees; <paramref name="Resident"/> where the system does not tell.</param>
internal sealed record ProcessMemory(long Resident, long Own)
{
    private const string Dirty = "Private_Dirty:";

    public static ProcessMemory Of(Process process)
    {
        var maps = $"/proc/{process.Id}/smaps_rollup";
        var own = OperatingSystem.IsLinux()
            ? File.ReadLines(maps).Where(line => line.StartsWith(Dirty, StringComparison.Ordinal)).Sum(line => Kilobytes(line) * 1024)
            : process.WorkingSet64;
        return new(process.WorkingSet64, own);
    }

    private static long Kilobytes(string line) => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
