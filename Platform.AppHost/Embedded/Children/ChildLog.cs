namespace Platform.AppHost.Embedded.Children;

/// <summary>
/// A child's log: every line goes into its file, and those that call for attention to the terminal, with all lines that belong to them.
/// </summary>
internal sealed class ChildLog : IDisposable
{
    private readonly string _source;
    private readonly Terminal _terminal;
    private readonly Func<string, bool?> _isShown;
    private readonly StreamWriter _file;
    private readonly Lock _lock = new();
    private bool _shown;

    /// <param name="source">The child's name.</param>
    /// <param name="folder">Where <c>{source}.log</c> is written, anew at each start.</param>
    /// <param name="terminal">Gets the lines that are shown.</param>
    /// <param name="isShown">Whether a line is shown; null when it continues the line before.</param>
    public ChildLog(string source, string folder, Terminal terminal, Func<string, bool?> isShown)
    {
        _source = source;
        _terminal = terminal;
        _isShown = isShown;
        Path = System.IO.Path.Combine(folder, source + ".log");
        _file = new StreamWriter(Path) { AutoFlush = true };
    }

    public string Path { get; }

    public void Receive(string line)
    {
        lock (_lock)
        {
            _file.WriteLine(line);
            _shown = _isShown(line) ?? _shown;
            if (_shown)
            {
                _terminal.Line(_source, line);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file.Dispose();
        }
    }
}
