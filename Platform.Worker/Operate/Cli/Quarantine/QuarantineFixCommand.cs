using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Loading.Quarantine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary><c>quarantine fix ID --set column=value --why ...</c> or <c>quarantine fix --file corrected.csv --why ...</c></summary>
internal static class QuarantineFixCommand
{
    public static Command Create(VerbSession session)
    {
        var id = new Argument<long?>("id") { Description = "The row to correct.", Arity = ArgumentArity.ZeroOrOne };
        var set = new Option<string[]>("--set") { Description = $"A new value of a column; {QuarantineExport.RawLine}=... replaces the whole line.", HelpName = "column=value" };
        var file = new Option<FileInfo?>("--file") { Description = "An export that was corrected.", HelpName = "file" };
        var raw = new Option<bool>("--raw") { Description = "The file is a raw export: leave apostrophes in front of cells." };
        var why = QuarantineVerb.Why();
        var json = JsonOutput.Option();
        var command = new Command("fix", "Correct rows. The correction is checked now; a replay or the next load of the partition applies it.") { id, set, file, raw, why, json };
        command.Validators.Add(result =>
        {
            var values = result.GetValue(set) ?? [];
            if ((result.GetValue(id) is null) == (result.GetValue(file) is null) || (result.GetValue(id) is null) != (values.Length == 0))
            {
                result.AddError("Give an id with --set column=value, or --file.");
            }

            if (values.FirstOrDefault(value => value.IndexOf('=', StringComparison.Ordinal) <= 0) is { } wrong)
            {
                result.AddError($"--set: '{wrong}' is no column=value.");
            }
        });
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var fix = services.GetRequiredService<QuarantineFix>();
                var actor = QuarantineVerb.Actor(arguments.GetRequiredValue(why));
                var result = arguments.GetValue(file) is { } corrected
                    ? await fix.FixAsync(await ReadAsync(corrected, cancellationToken), arguments.GetValue(raw), actor, cancellationToken)
                    : await fix.FixAsync(arguments.GetValue(id)!.Value, Values(arguments.GetValue(set)!), actor, cancellationToken);
                await (arguments.GetValue(json)
                    ? JsonOutput.WriteAsync(result)
                    : Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Fixed} rows corrected, {result.Unchanged} unchanged.")));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Dictionary<string, string> Values(string[] set)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in set)
        {
            var end = item.IndexOf('=', StringComparison.Ordinal);
            values[item[..end]] = item[(end + 1)..];
        }

        return values;
    }

    private static async Task<byte[]> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFaultException($"--file: {error.Message}", error);
        }
    }
}
