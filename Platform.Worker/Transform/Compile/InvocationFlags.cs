using System.Collections.Frozen;
using System.Globalization;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Profiles;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// The flags of an invocation as macros see them under <c>flags</c> and run_results.json under <c>args</c>
/// (https://docs.getdbt.com/reference/global-configs/about-global-configs). Defaults are dbt's.
/// </summary>
internal sealed record InvocationFlags
{
    private static readonly FrozenSet<string> ShownWhenSet = new[] { "debug", "full_refresh", "fail_fast", "warn_error", "store_failures" }.ToFrozenSet();

    public TransformVerb Verb { get; init; } = TransformVerb.Build;

    /// <summary>The verb's name: <c>flags.WHICH</c>.</summary>
    public string Which => Verb.Which();

    /// <summary>The command line as given: <c>flags.INVOCATION_COMMAND</c>.</summary>
    public string InvocationCommand { get; init; } = "dbt build";

    public bool FullRefresh { get; init; }

    public bool StoreFailures { get; init; }

    public bool FailFast { get; init; }

    public bool Empty { get; init; }

    /// <summary>The text of <c>--sample</c>.</summary>
    public string? Sample { get; init; }

    public DateTimeOffset? EventTimeStart { get; init; }

    public DateTimeOffset? EventTimeEnd { get; init; }

    public bool Defer { get; init; }

    public bool FavorState { get; init; }

    public string? State { get; init; }

    public string? DeferState { get; init; }

    public IReadOnlyList<string> Select { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    public string? Selector { get; init; }

    public string IndirectSelection { get; init; } = "eager";

    public IReadOnlyList<string> ResourceTypes { get; init; } = [];

    public IReadOnlyList<string> ExcludeResourceTypes { get; init; } = [];

    public IReadOnlyDictionary<string, object?> Vars { get; init; } = new Dictionary<string, object?>();

    public bool WarnError { get; init; }

    /// <summary>Which warnings are errors, stay warnings or are silent, by dbt's event names.</summary>
    public WarnErrorOptions WarnErrorOptions { get; init; } = new();

    public string? ProjectDirectory { get; init; }

    public string? ProfilesDirectory { get; init; }

    public string? Profile { get; init; }

    public string? Target { get; init; }

    public string? TargetPath { get; init; }

    public int? Threads { get; init; }

    public bool Introspect { get; init; } = true;

    public bool UseColors { get; init; }

    public bool Debug { get; init; }

    public bool Quiet { get; init; }

    /// <summary>False silences <c>print()</c>.</summary>
    public bool Print { get; init; } = true;

    public bool WriteJson { get; init; } = true;

    public bool VersionCheck { get; init; } = true;

    public bool PartialParse { get; init; } = true;

    public bool StaticParser { get; init; } = true;

    public bool PopulateCache { get; init; } = true;

    public bool CacheSelectedOnly { get; init; }

    /// <summary>default, text, debug or json.</summary>
    public string LogFormat { get; init; } = "default";

    public string LogFormatFile { get; init; } = "debug";

    public string LogLevel { get; init; } = "info";

    public string LogLevelFile { get; init; } = "debug";

    public string? LogPath { get; init; }

    public int PrinterWidth { get; init; } = 80;

    /// <summary>The macro of run-operation.</summary>
    public string? Macro { get; init; }

    public IReadOnlyDictionary<string, object?> MacroArguments { get; init; } = new Dictionary<string, object?>();

    /// <summary>dbt's behaviour flags, from <c>flags:</c> of dbt_project.yml, in lower case.</summary>
    public IReadOnlyDictionary<string, object?> Behaviors { get; init; } = new Dictionary<string, object?>();

    /// <summary>A behaviour flag of the project.</summary>
    public bool Behavior(string name, bool otherwise = false) => Behaviors.TryGetValue(name, out var value) ? value is true : otherwise;

    /// <summary>All flags by dbt's names in lower case; macros read them in upper case.</summary>
    public IReadOnlyDictionary<string, object?> ToDictionary()
    {
        var all = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in Behaviors)
        {
            all[name] = value;
        }

        all["which"] = Which;
        all["invocation_command"] = InvocationCommand;
        all["full_refresh"] = FullRefresh;
        all["store_failures"] = StoreFailures;
        all["fail_fast"] = FailFast;
        all["empty"] = Empty;
        all["sample"] = Sample;
        all["event_time_start"] = Instant(EventTimeStart);
        all["event_time_end"] = Instant(EventTimeEnd);
        all["defer"] = Defer;
        all["favor_state"] = FavorState;
        all["state"] = State;
        all["defer_state"] = DeferState;
        all["select"] = Select.Cast<object?>().ToList();
        all["exclude"] = Exclude.Cast<object?>().ToList();
        all["selector"] = Selector;
        all["indirect_selection"] = IndirectSelection;
        all["resource_types"] = ResourceTypes.Cast<object?>().ToList();
        all["exclude_resource_types"] = ExcludeResourceTypes.Cast<object?>().ToList();
        all["vars"] = Vars;
        all["warn_error"] = WarnError ? true : null;
        all["warn_error_options"] = WarnErrorOptions.ToDictionary();
        all["project_dir"] = ProjectDirectory;
        all["profiles_dir"] = ProfilesDirectory;
        all["profile"] = Profile;
        all["target"] = Target;
        all["target_path"] = TargetPath;
        all["threads"] = Threads;
        all["introspect"] = Introspect;
        all["use_colors"] = UseColors;
        all["debug"] = Debug;
        all["quiet"] = Quiet;
        all["print"] = Print;
        all["write_json"] = WriteJson;
        all["version_check"] = VersionCheck;
        all["partial_parse"] = PartialParse;
        all["static_parser"] = StaticParser;
        all["populate_cache"] = PopulateCache;
        all["cache_selected_only"] = CacheSelectedOnly;
        all["log_format"] = LogFormat;
        all["log_format_file"] = LogFormatFile;
        all["log_level"] = LogLevel;
        all["log_level_file"] = LogLevelFile;
        all["log_path"] = LogPath;
        all["printer_width"] = PrinterWidth;
        if (Macro is not null)
        {
            all["macro"] = Macro;
            all["args"] = MacroArguments;
        }

        all["send_anonymous_usage_stats"] = false;
        return all;
    }

    /// <summary>What was asked for: <c>invocation_args_dict</c>, and <c>args</c> of run_results.json. What is not set is left out, as dbt does.</summary>
    public IReadOnlyDictionary<string, object?> ToArguments() =>
        ToDictionary().Where(flag => flag.Value is not null && !(flag.Value is false && ShownWhenSet.Contains(flag.Key)))
            .ToDictionary(flag => flag.Key, flag => flag.Key == "vars" ? Masked(Vars) : flag.Value);

    /// <summary>Variables as they may be written down.</summary>
    public static Dictionary<string, object?> Masked(IReadOnlyDictionary<string, object?> vars) =>
        vars.ToDictionary(entry => entry.Key, entry => Secrets.IsSecret(entry.Key) ? Secrets.Mask : entry.Value);

    /// <summary>The object <c>flags</c>: the same in upper case.</summary>
    public Value ToValue() => Value.FromClr(ToDictionary().ToDictionary(flag => flag.Key.ToUpperInvariant(), flag => flag.Value));

    private static string? Instant(DateTimeOffset? instant) =>
        instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
