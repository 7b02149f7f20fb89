namespace Platform.Worker.Tests.Loading;

/// <summary>One to four random files of a partition of items. Keys and serials are unique across them, apart from the rows that are made to repeat one.</summary>
internal sealed class FuzzPartition
{
    public FuzzPartition(int seed, DateOnly date, FuzzForm form)
    {
        var random = new Random(seed);
        var taken = new FuzzValues([], []);
        var offset = 0;
        var accepted = new List<string>();
        var rejected = new List<string>();
        // In the order of their names, in which they are read.
        string[] names = random.Next(1, 5) switch
        {
            1 => ["items.csv"],
            2 => ["items.2.csv.gz", "items.csv"],
            3 => ["items.2.csv", "items.3.csv.gz", "items.csv"],
            _ => ["items.0.csv.gz", "items.1.csv", "items.csv", "items.x.csv.gz"],
        };
        foreach (var name in names)
        {
            var file = new FuzzFile(random, name, date, form, taken, offset);
            Files.Add(file);
            accepted.AddRange(file.Accepted);
            rejected.AddRange(file.Rejected);
            offset = file.LastLine;
        }

        Accepted = accepted;
        Rejected = [.. rejected.Order(StringComparer.Ordinal)];
    }

    public List<FuzzFile> Files { get; } = [];

    /// <summary>Rows as the fact table shows them, in the order of <c>_line</c>.</summary>
    public IReadOnlyList<string> Accepted { get; }

    /// <summary>File, line, column, rule and text of the rows that go to quarantine, by character code.</summary>
    public IReadOnlyList<string> Rejected { get; }
}

/// <summary>What rows that were made good have.</summary>
internal sealed record FuzzValues(List<string> Keys, List<string> Serials);
