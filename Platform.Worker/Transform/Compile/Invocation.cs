using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>The connection as macros see it under <c>target</c>.</summary>
internal sealed record TargetInfo(string Name, string Database, string Schema, string Host, string User, int Port, int Threads)
{
    public string ProfileName { get; init; } = "platform";

    /// <summary>What a profile says besides: role, search_path, sslmode, retries, ...</summary>
    public IReadOnlyDictionary<string, object?> Settings { get; init; } = new Dictionary<string, object?>();

    /// <summary>How the connections name themselves to the server; null means as the platform does.</summary>
    public string? ApplicationName => Settings.GetValueOrDefault("application_name") as string;

    public Value ToValue() => Value.FromClr(new Dictionary<string, object?>(Settings)
    {
        ["name"] = Name,
        ["target_name"] = Name,
        ["profile_name"] = ProfileName,
        ["type"] = "postgres",
        ["database"] = Database,
        ["dbname"] = Database,
        ["schema"] = Schema,
        ["host"] = Host,
        ["user"] = User,
        ["port"] = Port,
        ["threads"] = Threads,
    });
}

/// <summary>What every rendering of one invocation shares.</summary>
internal sealed record Invocation
{
    public required JinjaEnvironment Environment { get; init; }

    public required MacroLibrary Macros { get; init; }

    public required IReadOnlyList<Package> Packages { get; init; }

    public required VarProvider Vars { get; init; }

    public required TargetInfo Target { get; init; }

    public required IReadOnlyDictionary<string, string> Docs { get; init; }

    public Guid Id { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>What <c>flags</c> shows.</summary>
    public InvocationFlags Flags { get; init; } = new();

    public bool FullRefresh => Flags.FullRefresh;

    /// <summary>The verb, as <c>flags.WHICH</c> shows it.</summary>
    public string Which => Flags.Which;

    /// <summary>The clock of <c>modules.datetime</c>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger? Logger { get; init; }

    /// <summary>Where <c>log()</c>, <c>print()</c> and warnings go; null: to <see cref="Logger"/>.</summary>
    public IMacroOutput? Output { get; init; }

    public string RootName => Packages[0].Name;

    /// <summary>The rows that <c>--sample</c> reads; null without it.</summary>
    public SampleWindow? Sample { get; init; }

    /// <summary>
    /// The packages in which <c>adapter.dispatch(name, namespace)</c> looks; null wherever names are looked up: without a namespace, or with that of
    /// a package that is not installed.
    /// </summary>
    public IReadOnlyList<string>? DispatchOrder(string? macroNamespace) => macroNamespace is null ? null
        : Packages[0].Project.Dispatch.TryGetValue(macroNamespace, out var order) ? order
        : macroNamespace == RootName ? [macroNamespace]
        : Macros.HasPackage(macroNamespace) ? [RootName, macroNamespace]
        : null;

    public Package? FindPackage(string name) => Packages.FirstOrDefault(package => package.Name == name);
}
