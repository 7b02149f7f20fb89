namespace Platform.ServiceDefaults;

/// <summary>Tells by what a process allocates when its work is over.</summary>
internal sealed class QuietAfterWork
{
    /// <summary>Bytes allocated between two looks up to which nothing much happens: heartbeats, probes, looks for work.</summary>
    public const long Quiet = 4 << 20;

    /// <summary>Bytes allocated since it last was quiet that are worth a collection.</summary>
    public const long Work = 24 << 20;

    private long _lastLook;
    private long _lastQuiet;

    /// <summary>Looks again.</summary>
    /// <param name="allocated">Bytes that the process has allocated so far.</param>
    /// <returns>Whether it is quiet since the last look, after work.</returns>
    public bool Begins(long allocated)
    {
        var isQuiet = allocated - _lastLook <= Quiet;
        _lastLook = allocated;
        if (!isQuiet || allocated - _lastQuiet < Work)
        {
            return false;
        }

        _lastQuiet = allocated;
        return true;
    }
}
