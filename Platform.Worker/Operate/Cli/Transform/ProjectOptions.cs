using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>Which project, which profile, which variables: options of every verb, before or after it.</summary>
internal sealed class ProjectOptions
{
    private readonly Option<string?> _projectDirectory = Text("--project-dir", "Folder of dbt_project.yml. Default: this folder or the nearest above it.", "folder");
    private readonly Option<string?> _profilesDirectory = Text("--profiles-dir", "Folder of profiles.yml. Default: this folder, the project's, ~/.dbt.", "folder");
    private readonly Option<string?> _profile = Text("--profile", "Profile of profiles.yml. Default: the one that dbt_project.yml names.", "name");
    private readonly Option<string?> _target = Text("--target", "Target of the profile. Default: the profile's own.", "name", "-t");
    private readonly Option<string?> _targetPath = Text("--target-path", "Folder for artifacts and compiled SQL. Default: target, in the project.", "folder");
    private readonly Option<string?> _vars = Text("--vars", "Variables, as YAML: '{name: value}'. They override those of dbt_project.yml.", "yaml");
    private readonly Option<int?> _threads = new("--threads") { Description = "Connections on which nodes run side by side. Default: the profile's.", HelpName = "number", Recursive = true };
    private readonly Option<string?> _state = Text("--state", "Folder with the artifacts of an earlier run, for state: and result: selectors and for --defer.", "folder");
    private readonly Option<string?> _deferState = Text("--defer-state", "Another folder than --state for --defer.", "folder");
    private readonly DbtFlag _defer = new("defer", "Read nodes that are not selected where the manifest of --state has them.");
    private readonly DbtFlag _favorState = new("favor-state", "Defer even where the node exists in the target.");
    private readonly DbtFlag _failFast = new("fail-fast", "Stop at the first node that fails.", "-x");
    private readonly DbtFlag _versionCheck = new("version-check", "Check require-dbt-version. Default on.");
    private readonly DbtFlag _writeJson = new("write-json", "Write artifacts into the target folder. Default on.");
    private readonly DbtFlag _partialParse = new("partial-parse", "Accepted: files that have not changed are never parsed again within a process.");
    private readonly DbtFlag _staticParser = new("static-parser", "Accepted: what a model refers to is read from its SQL where that is safe.");
    private readonly DbtFlag _populateCache = new("populate-cache", "Read the catalogue of existing relations once at the start. Default on.");
    private readonly DbtFlag _cacheSelectedOnly = new("cache-selected-only", "Read that catalogue only for the schemas of selected nodes.");
    private readonly DbtFlag _introspect = new("introspect", "Let compiling ask the warehouse. Default on.");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _projectDirectory, _profilesDirectory, _profile, _target, _targetPath, _vars, _threads, _state, _deferState,
        })
        {
            command.Add(option);
        }

        foreach (var flag in new[]
        {
            _defer, _favorState, _failFast, _versionCheck, _writeJson, _partialParse, _staticParser, _populateCache, _cacheSelectedOnly, _introspect,
        })
        {
            flag.AddTo(command);
        }
    }

    /// <summary>--project-dir or DBT_PROJECT_DIR; null when neither is given.</summary>
    public string? ProjectDirectory(ParseResult arguments) => arguments.GetValue(_projectDirectory) ?? FlagSource.FromEnvironment("project-dir");

    /// <summary>True when a profile is asked for by place or name.</summary>
    public bool AsksForProfile(ParseResult arguments) =>
        new[] { _profilesDirectory, _profile, _target }.Any(option => arguments.GetValue(option) is not null);

    public IReadOnlyDictionary<string, object?> Vars(ParseResult arguments) => YamlOption.Mapping("--vars", arguments.GetValue(_vars));

    public bool HasVars(ParseResult arguments) => arguments.GetValue(_vars) is not null;

    public int? Threads(ParseResult arguments) => arguments.GetValue(_threads);

    public InvocationFlags Apply(InvocationFlags flags, FlagSource source, ProjectHeader header) => flags with
    {
        Vars = Vars(source.Arguments),
        ProjectDirectory = header.Directory,
        ProfilesDirectory = Existing(source.Text(_profilesDirectory), flags.Verb),
        Profile = source.Text(_profile),
        Target = source.Text(_target),
        TargetPath = source.Text(_targetPath),
        Threads = source.Arguments.GetValue(_threads),
        State = source.Text(_state) ?? RenamedVariables.State,
        DeferState = source.Text(_deferState),
        Defer = source.Bool(_defer, RenamedVariables.Defer),
        FavorState = source.Bool(_favorState, RenamedVariables.FavorState),
        FailFast = source.Bool(_failFast, false),
        VersionCheck = source.Bool(_versionCheck, true),
        WriteJson = source.Bool(_writeJson, true),
        PartialParse = source.Bool(_partialParse, true),
        StaticParser = source.Bool(_staticParser, true),
        PopulateCache = source.Bool(_populateCache, true),
        CacheSelectedOnly = source.Bool(_cacheSelectedOnly, false),
        Introspect = source.Bool(_introspect, true),
    };

    /// <summary>debug tells what it finds, and deps reads no profile.</summary>
    private static string? Existing(string? directory, TransformVerb verb) => directory is null || verb is TransformVerb.Debug or TransformVerb.Deps || Directory.Exists(directory)
        ? directory
        : throw new ConfigurationFaultException($"--profiles-dir: there is no folder '{directory}'.");

    private static Option<string?> Text(string name, string description, string help, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help, Recursive = true };
}
