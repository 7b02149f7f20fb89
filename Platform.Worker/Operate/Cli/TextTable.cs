using Spectre.Console;

namespace Platform.Worker.Operate.Cli;

/// <summary>Rows for people: a table on a terminal; elsewhere a line per row, its values separated by tabs.</summary>
internal static class TextTable
{
    public static async Task WriteAsync(string[] columns, IEnumerable<string[]> rows)
    {
        if (ConsoleProgress.IsInteractive)
        {
            var table = new Table().AddColumns(columns);
            foreach (var row in rows)
            {
                table.AddRow([.. row.Select(cell => new Text(cell))]);
            }

            AnsiConsole.Write(table);
            return;
        }

        foreach (var row in rows)
        {
            await Console.Out.WriteLineAsync(string.Join('\t', row.Select(cell => cell.ReplaceLineEndings(" ").Replace('\t', ' '))));
        }
    }
}
