using System.CommandLine;
using System.Globalization;

namespace Platform.Worker.Operate.Cli;

/// <summary>An option that takes a data date in ISO form.</summary>
internal static class DataDateOption
{
    public static Option<DateOnly?> Create(string name, string description, bool required = false) => new(name)
    {
        Description = description,
        HelpName = "yyyy-MM-dd",
        Required = required,
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return date;
            }
            result.AddError($"{name}: '{result.Tokens[0].Value}' is no data date; write it as yyyy-MM-dd, e.g. 2026-01-31.");
            return null;
        },
    };
}
