using System.CommandLine;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli;

/// <summary>Either <c>--date</c>, or <c>--from</c> and <c>--to</c>.</summary>
internal sealed class DateRangeOptions
{
    private readonly Option<DateOnly?> _date = DataDateOption.Create("--date", "The data date.");
    private readonly Option<DateOnly?> _from = DataDateOption.Create("--from", "The first data date.");
    private readonly Option<DateOnly?> _to = DataDateOption.Create("--to", "The last data date, included.");
    private readonly bool _required;

    /// <param name="command">Gets the options.</param>
    /// <param name="required">Otherwise none of them need be given.</param>
    public DateRangeOptions(Command command, bool required)
    {
        _required = required;
        command.Add(_date);
        command.Add(_from);
        command.Add(_to);
        command.Validators.Add(result =>
        {
            var (date, from, to) = (result.GetValue(_date), result.GetValue(_from), result.GetValue(_to));
            var good = (date, from, to) switch
            {
                (null, null, null) => !_required,
                ({ }, null, null) => true,
                (null, { } first, { } last) => first <= last,
                _ => false,
            };
            if (!good)
            {
                result.AddError(from > to ? $"The range ends on {to:O}, before it starts on {from:O}." : "Give either --date, or --from and --to.");
            }
        });
    }

    public DataDateRange? Read(ParseResult arguments) => (arguments.GetValue(_date), arguments.GetValue(_from), arguments.GetValue(_to)) switch
    {
        ({ } date, _, _) => new(date, date),
        (_, { } from, { } to) => new(from, to),
        _ => null,
    };
}
