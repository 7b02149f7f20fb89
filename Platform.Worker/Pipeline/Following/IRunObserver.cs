namespace Platform.Worker.Pipeline.Following;

/// <summary>Hears what happens to runs, in the order in which it happens to each.</summary>
internal interface IRunObserver
{
    /// <summary>Called in the midst of the run: returns at once, waits for nothing and throws nothing.</summary>
    void Observe(RunFact fact);
}
