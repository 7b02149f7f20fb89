using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary><c>quarantine export --dataset D [--output FILE] [--raw]</c></summary>
internal static class QuarantineExportCommand
{
    public static Command Create(VerbSession session)
    {
        var file = new Option<FileInfo?>("--output") { Description = "Where to write; default standard output.", HelpName = "file" };
        var raw = new Option<bool>("--raw")
        {
            Description = "Cells as they are and no byte order mark, for programs. Otherwise what a spreadsheet would take for a formula gets an apostrophe in front.",
        };
        var json = JsonOutput.Option();
        var command = new Command("export", "Rows of one dataset as CSV, with their reasons; correct it and give it to 'quarantine fix --file'.") { file, raw, json };
        var selection = new QuarantineSelection(command, QuarantineState.Open.Word(), changes: false);
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(file) is null)
            {
                result.AddError("--json tells of a file that was written: give --output.");
            }
        });
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var export = services.GetRequiredService<QuarantineExport>();
                if (arguments.GetValue(file) is not { } target)
                {
                    await using var output = Console.OpenStandardOutput();
                    await export.WriteAsync(selection.Read(arguments), arguments.GetValue(raw), output, cancellationToken);
                    return ExitCode.Success;
                }

                var rows = await WriteAsync(export, selection.Read(arguments), arguments.GetValue(raw), target, cancellationToken);
                await (arguments.GetValue(json)
                    ? JsonOutput.WriteAsync(new { file = target.FullName, rows })
                    : Console.Out.WriteLineAsync($"{rows.ToString(CultureInfo.InvariantCulture)} rows in {target.FullName}."));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    /// <summary>The file is there whole, or not at all.</summary>
    private static async Task<long> WriteAsync(
        QuarantineExport export, QuarantineFilter filter, bool raw, FileInfo target, CancellationToken cancellationToken)
    {
        var partial = new FileInfo($"{target.FullName}.partial");
        try
        {
            long rows;
            await using (var stream = partial.Create())
            {
                rows = await export.WriteAsync(filter, raw, stream, cancellationToken);
            }

            partial.MoveTo(target.FullName, overwrite: true);
            return rows;
        }
        catch (Exception error)
        {
            File.Delete($"{target.FullName}.partial");
            if (error is UnauthorizedAccessException or IOException and not FileNotFoundException)
            {
                throw new ConfigurationFaultException($"{target.FullName} cannot be written: {error.Message}", error);
            }

            throw;
        }
    }
}
