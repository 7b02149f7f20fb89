namespace Platform.Benchmarks;

/// <summary>
/// Measures a subject and its named reference in turn in one run, prints a table, and ends with a line that a program can read:
/// <c>NAME figure goal GOAL met|missed</c>.
/// </summary>
internal interface IBenchmark
{
    string Name { get; }

    string Description { get; }

    /// <param name="size">Size of the work, in the benchmark's own unit; null for the size that its goal is for.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    Task RunAsync(int? size, CancellationToken cancellationToken);
}
