using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Sources;

/// <summary>Section <c>Generator</c>: the mock files of the three domains.</summary>
internal sealed record GeneratorOptions
{
    public const string Section = "Generator";

    /// <summary>Whether mock files are generated at all. Default true; off where suppliers send real ones.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The domains whose files are generated, for example <c>sales</c>; suppliers send those of the others. Default all that have a generator.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Seed of the story. Default 42. The same seed, scale and date give the same bytes on every machine.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Orders a day on the average of 2026; 20 % more each year later, less each year earlier. Customers,
    /// tickets and cost scale with it. Default 300.</summary>
    [Range(1, 100_000)]
    public int OrdersPerDay { get; init; } = 300;

    /// <summary>Bad rows added per good row, 0 to 0.5. Default 0. The good rows stay as they are.</summary>
    [Range(0, 0.5)]
    public double DefectRate { get; init; }
}
