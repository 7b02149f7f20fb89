using System.CommandLine;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>What is printed and logged, and which warnings are errors: options of every verb, before or after it.</summary>
internal sealed class LogOptions
{
    private readonly DbtFlag _debug = new("debug", "Print debug lines too.", "-d");
    private readonly DbtFlag _quiet = new("quiet", "Print only errors and results.", "-q");
    private readonly DbtFlag _print = new("print", "Let macros print(). Default on.");
    private readonly DbtFlag _useColors = new("use-colors", "Colour the output on a terminal. Default on.");
    private readonly DbtFlag _warnError = new("warn-error", "Make an error of every warning.", negatable: false);
    private readonly Option<string?> _warnErrorOptions = new("--warn-error-options")
    {
        Description = "Which warnings are errors, as YAML: '{error: all, warn: [NoNodesForSelectionCriteria], silence: []}'.", HelpName = "yaml", Recursive = true,
    };

    private readonly Option<string?> _logFormat = Choice("--log-format", "Format of the output and of dbt.log.", "default", "text", "debug", "json");
    private readonly Option<string?> _logFormatFile = Choice("--log-format-file", "Another format for dbt.log.", "default", "text", "debug", "json");
    private readonly Option<string?> _logLevel = Choice("--log-level", "Lowest level that is printed.", "debug", "info", "warn", "error", "none");
    private readonly Option<string?> _logLevelFile = Choice("--log-level-file", "Lowest level in dbt.log. Default debug.", "debug", "info", "warn", "error", "none");
    private readonly Option<string?> _logPath = new("--log-path") { Description = "Folder of dbt.log. Default: logs, in the project.", HelpName = "folder", Recursive = true };
    private readonly Option<int?> _printerWidth = new("--printer-width") { Description = "Width of the lines. Default 80.", HelpName = "columns", Recursive = true };

    public void AddTo(Command command)
    {
        foreach (var flag in new[] { _debug, _quiet, _print, _useColors, _warnError })
        {
            flag.AddTo(command);
        }

        foreach (var option in new Option[] { _warnErrorOptions, _logFormat, _logFormatFile, _logLevel, _logLevelFile, _logPath, _printerWidth })
        {
            command.Add(option);
        }
    }

    public InvocationFlags Apply(InvocationFlags flags, FlagSource source)
    {
        var format = source.Text(_logFormat) ?? "default";
        var level = source.Text(_logLevel) ?? "info";
        var options = YamlOption.WarnErrorOptions(source.Arguments.GetValue(_warnErrorOptions) ?? FlagSource.FromEnvironment("warn-error-options"))
            ?? YamlOption.WarnErrorOptions(source.Project("warn_error_options"));
        if (_warnError.Given(source.Arguments) is true && source.Arguments.GetValue(_warnErrorOptions) is not null)
        {
            throw new ConfigurationFaultException("warn_error_options: not allowed with argument warn_error");
        }

        return flags with
        {
            Debug = source.Bool(_debug, false),
            Quiet = source.Bool(_quiet, false),
            Print = source.Bool(_print, !RenamedVariables.NoPrint),
            UseColors = source.Bool(_useColors, true),
            WarnError = source.Bool(_warnError, false),
            WarnErrorOptions = options ?? new WarnErrorOptions(),
            LogFormat = format,
            LogFormatFile = source.Text(_logFormatFile) ?? (format == "default" ? "debug" : format),
            LogLevel = level,
            LogLevelFile = source.Text(_logLevelFile) ?? (level == "info" ? "debug" : level),
            LogPath = source.Text(_logPath),
            PrinterWidth = source.Number(_printerWidth, 80),
        };
    }

    private static Option<string?> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { Description = $"{description} One of {string.Join(", ", values)}.", HelpName = "word", Recursive = true };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
