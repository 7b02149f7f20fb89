using Platform.Worker.Pipeline;
using Platform.Worker.Pipeline.Backfills;
using Spectre.Console;

namespace Platform.Worker.Operate.Cli;

/// <summary>
/// Shows work on data dates: a bar on a terminal, one line per finished task elsewhere. Of a backfill, which other Workers may share, it shows how far
/// the ledger is, with the time that is left.
/// </summary>
internal sealed class ConsoleProgress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly string _title;
    private readonly int _tasks;
    private readonly TextWriter _plain;
    private readonly bool _interactive;
    private readonly Func<CancellationToken, Task<BackfillRecord?>>? _backfill;
    private readonly CancellationTokenSource _ended = new();

    /// <param name="title">What is worked on.</param>
    /// <param name="tasks">How many tasks that is.</param>
    /// <param name="toError">Standard output belongs to the result.</param>
    /// <param name="backfill">Asks how far the backfill is; null when it is none.</param>
    public ConsoleProgress(string title, int tasks, bool toError, Func<CancellationToken, Task<BackfillRecord?>>? backfill)
    {
        (_title, _tasks, _backfill) = (title, tasks, backfill);
        _plain = toError ? Console.Error : Console.Out;
        _interactive = IsInteractive && !toError;
    }

    public static bool IsInteractive => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    public async Task<T> ShowAsync<T>(Func<IProgress<TaskEvent>, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!_interactive)
        {
            return await BesideAsync(
                work(new Immediate<TaskEvent>(task => _plain.WriteLine(Line(task)))), PlainInterval, backfill => _plain.WriteLine(Line(backfill)), cancellationToken);
        }
        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(Markup.Escape(_title), maxValue: _tasks);
                return BesideAsync(
                    work(new Immediate<TaskEvent>(task =>
                    {
                        if (_backfill is null)
                        {
                            bar.Increment(1);
                            bar.Description = Markup.Escape($"{_title}  {task.Date:O} {task.Task}");
                        }
                        if (task.End.State is TaskState.Failed)
                        {
                            AnsiConsole.MarkupLineInterpolated($"[red]{Line(task)}[/]");
                        }
                    })),
                    Interval,
                    backfill =>
                    {
                        bar.Value = backfill.TasksDone;
                        bar.Description = Markup.Escape(Line(backfill));
                    },
                    cancellationToken);
            });
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _ended.Dispose();
    }

    /// <summary>Tells how far the backfill is while the work goes on, whenever that has changed.</summary>
    private async Task<T> BesideAsync<T>(Task<T> work, TimeSpan interval, Action<BackfillRecord> tell, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        var telling = _backfill is null ? Task.CompletedTask : TellAsync(_backfill, interval, tell, stop.Token);
        try
        {
            return await work;
        }
        finally
        {
            await stop.CancelAsync();
            await telling;
        }
    }

    private static async Task TellAsync(
        Func<CancellationToken, Task<BackfillRecord?>> ask, TimeSpan interval, Action<BackfillRecord> tell, CancellationToken cancellationToken)
    {
        try
        {
            var done = -1L;
            while (true)
            {
                await Task.Delay(interval, cancellationToken);
                if (await ask(cancellationToken) is { } backfill && backfill.TasksDone != done)
                {
                    done = backfill.TasksDone;
                    tell(backfill);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (FaultClassifier.Classify(exception) is Fault.Infrastructure)
        {
            // The work meets the fault itself and tells it better.
        }
    }

    private static string Line(TaskEvent task) =>
        $"{task.Date:O} {task.Task} {task.End.State.Word()}{(task.End.Rows is { } rows ? $", {rows} rows" : "")}{(task.End.Error is { } error ? $": {error}" : "")}";

    private static string Line(BackfillRecord backfill) =>
        $"backfill {backfill.Id}: {backfill.Ended} of {backfill.Dates} data dates, {backfill.TasksDone} of {backfill.Tasks} tasks"
        + $"{(backfill.Failed > 0 ? $", {backfill.Failed} failed" : "")}"
        + $"{(backfill.SecondsLeft is { } left ? $", about {TimeSpan.FromSeconds(Math.Round(left))} left" : "")}";
}
