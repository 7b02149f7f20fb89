using Platform.Worker.Pipeline;
using Spectre.Console;

namespace Platform.Worker.Operate.Cli;

/// <summary>Shows work on data dates: a bar on a terminal, one line per finished task elsewhere.</summary>
internal static class ConsoleProgress
{
    public static bool IsInteractive => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    public static async Task<T> ShowAsync<T>(string title, int tasks, Func<IProgress<TaskEvent>, Task<T>> work)
    {
        if (!IsInteractive)
        {
            return await work(new Immediate<TaskEvent>(task => Console.Out.WriteLine(Line(task))));
        }
        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(Markup.Escape(title), maxValue: tasks);
                return work(new Immediate<TaskEvent>(task =>
                {
                    bar.Increment(1);
                    bar.Description = Markup.Escape($"{title}  {task.Date:O} {task.Task}");
                    if (task.End.State is TaskState.Failed)
                    {
                        AnsiConsole.MarkupLineInterpolated($"[red]{Line(task)}[/]");
                    }
                }));
            });
    }

    private static string Line(TaskEvent task) =>
        $"{task.Date:O} {task.Task} {task.End.State.Word()}{(task.End.Rows is { } rows ? $", {rows} rows" : "")}{(task.End.Error is { } error ? $": {error}" : "")}";
}
