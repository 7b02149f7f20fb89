using System.Globalization;
using Platform.Worker.Contracts;
using Platform.Worker.Loading.Checking;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary>A line per rejected row, then a summary per dataset.</summary>
internal sealed class CheckText(TextWriter output) : ICheckReport
{
    public Task StartAsync(DatasetContract contract, DateOnly? date) => Task.CompletedTask;

    public async ValueTask RejectAsync(CheckedRow row) => await output.WriteLineAsync($"{row.File}:{Text(row.Row.Line)}: {row.Row.Rule}: {OneLine(row.Row.Message)}");

    public async Task EndAsync(DatasetVerdict verdict)
    {
        var contract = verdict.Contract;
        await output.WriteLineAsync(
            $"{contract.Domain}.{contract.Dataset} {contract.Version}{(verdict.Date is { } date ? $", {date:yyyy-MM-dd}" : "")}: "
            + $"{Text(verdict.Rows)} rows, {Text(verdict.Rows - verdict.Rejected)} accepted, {Text(verdict.Rejected)} rejected"
            + (verdict.Rejected > 0 ? $" ({string.Join(", ", verdict.ByRule.Select(rule => $"{rule.Key} {Text(rule.Value)}"))})" : ""));
        if (verdict.Fault is { } fault)
        {
            await output.WriteLineAsync($"  refused: {OneLine(fault)} Nothing of the dataset would be loaded; the counts are of what was read until then.");
        }

        foreach (var refusal in verdict.Refusals)
        {
            await output.WriteLineAsync($"  refused: {OneLine(refusal)}. Nothing of the dataset would be loaded.");
        }

        foreach (var broken in verdict.Measured.Where(check => check is { Passed: false, FailsLoad: false }))
        {
            await output.WriteLineAsync($"  warning: {broken}");
        }

        foreach (var open in verdict.NotChecked())
        {
            await output.WriteLineAsync($"  not checked: {open}");
        }
    }

    public Task CompleteAsync(bool isClean) => output.FlushAsync();

    public ValueTask DisposeAsync() => default;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Control characters of a supplier's file are none of the terminal's.</summary>
    private static string OneLine(string text) => string.Create(text.Length, text, static (shown, original) =>
    {
        for (var index = 0; index < shown.Length; index++)
        {
            shown[index] = char.IsControl(original[index]) ? ' ' : original[index];
        }
    });
}
