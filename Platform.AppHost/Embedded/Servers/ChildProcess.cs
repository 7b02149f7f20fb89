using System.ComponentModel;
using System.Diagnostics;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>How to start a <see cref="ChildProcess"/>.</summary>
internal sealed record ChildProcessStart(string Name, string FileName, IReadOnlyList<string> Arguments)
{
    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The account to run as; null runs as this process does.</summary>
    public UnprivilegedUser? User { get; init; }

    /// <summary>What asks the process to stop, also when this process dies.</summary>
    public Signal StopSignal { get; init; } = Signal.Terminate;

    /// <summary>Receives each line of output, from pool threads.</summary>
    public Action<string>? Output { get; init; }
}

/// <summary>
/// A process that this one owns: in a session of its own, so that Ctrl+C in the terminal reaches only the owner, which stops its
/// children in order; on Linux it is also asked to stop when the owner dies without doing so.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int RememberedLines = 20;
    private readonly ChildProcessStart _start;
    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    private ChildProcess(ChildProcessStart start, Process process)
    {
        _start = start;
        _process = process;
        Exited = Task.CompletedTask;
    }

    public string Name => _start.Name;

    public int Id => _process.Id;

    public Signal StopSignal => _start.StopSignal;

    /// <summary>Completes when the process has ended.</summary>
    public Task Exited { get; private set; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines of output, for the message that explains an end.</summary>
    public string LastLines
    {
        get
        {
            lock (_lastLines)
            {
                return string.Join(System.Environment.NewLine, _lastLines);
            }
        }
    }

    public static async Task<ChildProcess> StartAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var process = new Process { StartInfo = StartInfo(start), EnableRaisingEvents = true };
        var child = new ChildProcess(start, process);
        process.OutputDataReceived += (_, line) => child.Receive(line.Data);
        process.ErrorDataReceived += (_, line) => child.Receive(line.Data);
        try
        {
            await Launcher.StartAsync(process);
        }
        catch (Win32Exception exception)
        {
            process.Dispose();
            throw new ServerException($"Could not start {start.Name}: {exception.Message}", exception);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        child.Exited = process.WaitForExitAsync(CancellationToken.None);
        return child;
    }

    /// <summary>Starts the process, waits for its end, and fails with its output when the exit code is not 0.</summary>
    public static async Task RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        await using var child = await StartAsync(start, cancellationToken);
        await child.Exited.WaitAsync(cancellationToken);
        if (child.ExitCode != 0)
        {
            throw new ServerException($"{start.Name} failed with exit code {child.ExitCode}:{System.Environment.NewLine}{child.LastLines}");
        }
    }

    /// <summary>Waits until the server is ready; fails with its last lines when it ends before.</summary>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> ready, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await ready(cancellationToken))
        {
            if (HasExited)
            {
                await Exited;
                throw new ServerException($"{Name} ended with exit code {ExitCode} while starting:{System.Environment.NewLine}{LastLines}");
            }

            if (Stopwatch.GetElapsedTime(started) > timeout)
            {
                throw new ServerException(
                    $"{Name} was not ready after {timeout.TotalSeconds:0} s. Its last lines:{System.Environment.NewLine}{LastLines}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    /// <summary>Asks the process to stop, and kills it when it has not done so in time.</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        if (!HasExited)
        {
            if (OperatingSystem.IsWindows())
            {
                _process.Kill(entireProcessTree: true);
            }
            else
            {
                Signals.Send(Id, _start.StopSignal);
            }
        }

        try
        {
            await Exited.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(ChildProcessStart start)
    {
        var info = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = start.WorkingDirectory ?? string.Empty,
        };
        List<string> command = [start.FileName, .. start.Arguments];
        if (OperatingSystem.IsLinux())
        {
            List<string> user = start.User is { } account
                ? [$"--reuid={account.UserId}", $"--regid={account.GroupId}", "--clear-groups", "--no-new-privs"]
                : [];
            command = ["setsid", "setpriv", "--pdeathsig", start.StopSignal.Name(), .. user, "--", .. command];
        }

        info.FileName = command[0];
        foreach (var argument in command[1..])
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private void Receive(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > RememberedLines)
            {
                _lastLines.Dequeue();
            }
        }

        _start.Output?.Invoke(line);
    }
}
