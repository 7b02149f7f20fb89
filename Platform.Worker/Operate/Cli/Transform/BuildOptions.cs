using System.CommandLine;
using System.Globalization;
using Platform.Worker.Transform;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>How nodes are built.</summary>
internal sealed class BuildOptions
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss"];

    private readonly DbtFlag _fullRefresh = new("full-refresh", "Build incremental models and seeds from nothing.", "-f", negatable: false);
    private readonly DbtFlag _empty = new("empty", "Let refs and sources give no rows.");
    private readonly DbtFlag _storeFailures = new("store-failures", "Keep the rows that fail a test in a table.", negatable: false);
    private readonly Option<string?> _sample = new("--sample") { Description = "Let refs and sources give only rows of a window: '3 days', or '{start: ..., end: ...}'.", HelpName = "window" };
    private readonly Option<string?> _start = new("--event-time-start") { Description = "First instant of the rows that microbatch models work on (UTC).", HelpName = "time" };
    private readonly Option<string?> _end = new("--event-time-end") { Description = "End of those rows, not included (UTC).", HelpName = "time" };

    public void AddTo(Command command)
    {
        foreach (var flag in new[] { _fullRefresh, _empty, _storeFailures })
        {
            flag.AddTo(command);
        }

        foreach (var option in new Option[] { _sample, _start, _end })
        {
            command.Add(option);
        }
    }

    public BuildRequest Apply(BuildRequest request, FlagSource source)
    {
        var (start, end) = (Instant(source, _start), Instant(source, _end));
        if ((start is null) != (end is null))
        {
            var (given, missing) = start is null ? ("end", "start") : ("start", "end");
            throw new ConfigurationFaultException(
                $"The flag `--event-time-{given}` was specified, but `--event-time-{missing}` was not. "
                + $"When specifying `--event-time-{given}`, `--event-time-{missing}` must also be present.");
        }

        if (start >= end)
        {
            throw new ConfigurationFaultException("Value for `--event-time-start` must be less than `--event-time-end`");
        }

        return request with
        {
            FullRefresh = source.Bool(_fullRefresh, false),
            Empty = source.Bool(_empty, false),
            StoreFailures = source.Bool(_storeFailures, false),
            Sample = source.Text(_sample),
            EventTimeStart = start,
            EventTimeEnd = end,
        };
    }

    private static DateTimeOffset? Instant(FlagSource source, Option<string?> option) => source.Text(option) switch
    {
        null => null,
        var text => DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant
            : throw new ConfigurationFaultException(
                $"Invalid value for '{option.Name}': '{text}' does not match the formats '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'."),
    };
}
