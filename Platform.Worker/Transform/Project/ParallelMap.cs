namespace Platform.Worker.Transform.Project;

/// <summary>
/// Items worked on side by side, results in their order. Not PLINQ, whose operators are compiled anew for every type of item: that took longer than
/// reading a small project.
/// </summary>
internal static class ParallelMap
{
    public static TResult[] InParallel<T, TResult>(this IReadOnlyList<T> items, Func<T, TResult> map)
    {
        var results = new TResult[items.Count];
        Parallel.For(0, items.Count, index => results[index] = map(items[index]));
        return results;
    }
}
