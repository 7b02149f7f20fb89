using System.CommandLine;
using Npgsql;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Verbs;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>
/// What every verb of <c>transform</c> does around its work: flags, output, connection, errors, exit code. Only publishing the platform's own
/// project needs the platform's stages; everything else runs with a connection alone, so that it starts at once.
/// </summary>
internal sealed class TransformSession(VerbSession platform, ProjectOptions project, LogOptions logs)
{
    private const int Failed = 1;
    private const int Wrong = 2;
    private const int Interrupted = 130;

    public void AddTo(Command command)
    {
        project.AddTo(command);
        logs.AddTo(command);
    }

    /// <summary>What the command line of retry changes of the last run's flags.</summary>
    public RetryOverrides Overrides(ParseResult parsed, bool? fullRefresh) =>
        new(project.HasVars(parsed) ? project.Vars(parsed) : null, project.Threads(parsed), fullRefresh);

    /// <param name="parsed">The command line.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="apply">Reads the verb's own options.</param>
    /// <param name="work">The work; true when all went well.</param>
    /// <param name="cancellationToken">Signalled on Ctrl+C and SIGTERM.</param>
    public Task<int> RunAsync(
        ParseResult parsed,
        TransformVerb verb,
        Func<VerbArguments, FlagSource, VerbArguments> apply,
        Func<VerbRun, CancellationToken, Task<bool>> work,
        CancellationToken cancellationToken)
    {
        return RunAsync(
            parsed,
            verb,
            apply,
            (arguments, place, log) => place.IsPlatform && verb is TransformVerb.Build
                ? PublishAsync(parsed, arguments, log, work, cancellationToken)
                : PlainAsync(arguments, place, log, work, cancellationToken),
            cancellationToken);
    }

    /// <summary>The same for a verb that works without a connection.</summary>
    public async Task<int> RunAsync(
        ParseResult parsed,
        TransformVerb verb,
        Func<VerbArguments, FlagSource, VerbArguments> apply,
        Func<VerbArguments, ProjectPlace, EventLog, Task<bool>> work,
        CancellationToken cancellationToken)
    {
        EventLog? log = null;
        try
        {
            var place = ProjectPlace.Find(project.ProjectDirectory(parsed), project.AsksForProfile(parsed));
            var arguments = Arguments(parsed, verb, place, apply);
            log = LogOutput.Open(arguments, place, parsed.InvocationConfiguration.Output);
            log.Write(new LogEvent("MainReportVersion", "A001", EventLevel.Info, $"Running with Platform, compatible with dbt={DbtVersion.Text}")
            {
                Data = new Dictionary<string, object?> { ["version"] = $"={DbtVersion.Text}", ["log_version"] = 3 },
            });
            RenamedVariables.Warn(log);
            return await work(arguments, place, log) ? ExitCode.Success : Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log?.Write(new LogEvent("MainKeyboardInterrupt", "Z001", EventLevel.Info, "ctrl-c"));
            await parsed.InvocationConfiguration.Error.WriteLineAsync("Interrupted.");
            return Interrupted;
        }
        catch (PlatformVerbException fault)
        {
            return fault.ExitCode;
        }
        catch (Exception fault)
        {
            await TellAsync(log, fault, platform.ShowsTraces(parsed), parsed.InvocationConfiguration.Error);
            return Wrong;
        }
        finally
        {
            log?.Dispose();
        }
    }

    private static async Task TellAsync(EventLog? log, Exception fault, bool traces, TextWriter error)
    {
        var message = traces ? fault.ToString() : (fault as TransformException)?.Report ?? fault.Message;
        if (log is null)
        {
            await error.WriteLineAsync(Secrets.Scrub(message));
            return;
        }

        log.Write(new LogEvent("MainEncounteredError", "Z002", EventLevel.Error, $"Encountered an error:\n{message}")
        {
            Data = new Dictionary<string, object?> { ["exc"] = fault.Message },
        });
        if (!traces)
        {
            log.Write(new LogEvent("MainStackTrace", "Z003", EventLevel.Debug, fault.ToString()));
        }
    }

    private static async Task<bool> PlainAsync(
        VerbArguments arguments, ProjectPlace place, EventLog log, Func<VerbRun, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        await using var connection = VerbConnection.Open(arguments, place);
        await using var ahead = AheadConnection.Open(connection, arguments.Verb);
        var request = arguments.Request with { Target = connection.Target, Publish = false };
        var joined = place.IsPlatform ? DomainProjects.Of(PlatformSettings.Load().Contracts) : JoinedPackages.None;
        var run = VerbRun.Create(arguments with { Request = request }, connection.DataSource, connection.Options, log, TimeProvider.System, joined);
        return await work(run, cancellationToken);
    }

    /// <summary>Builds and publishes the platform's own project, with its stages and its locks.</summary>
    private async Task<bool> PublishAsync(
        ParseResult parsed, VerbArguments arguments, EventLog log, Func<VerbRun, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        var code = await platform.RunAsync(
            parsed,
            [WarehouseNames.Connection],
            async services =>
            {
                var dataSource = services.GetRequiredService<NpgsqlDataSource>();
                // Another Worker may be loading; its own build takes turns in the same way.
                await using var facts = await FactsLock.ExclusiveAsync(dataSource, cancellationToken);
                var run = new VerbRun(arguments, dataSource, services.GetRequiredService<TransformEngine>(), log, TimeProvider.System);
                return await work(run, cancellationToken) ? ExitCode.Success : Failed;
            },
            cancellationToken);
        return code switch
        {
            ExitCode.Success => true,
            Failed => false,
            _ => throw new PlatformVerbException(code),
        };
    }

    private VerbArguments Arguments(ParseResult parsed, TransformVerb verb, ProjectPlace place, Func<VerbArguments, FlagSource, VerbArguments> apply)
    {
        var vars = project.Vars(parsed);
        var header = verb is TransformVerb.Debug ? ProjectHeader.Examine(place.Directory, vars) : ProjectHeader.Read(place.Directory, vars);
        var source = new FlagSource(parsed, header.Flags);
        var flags = new InvocationFlags
        {
            Verb = verb,
            InvocationCommand = $"dbt {string.Join(' ', Environment.GetCommandLineArgs().SkipWhile(word => word != "transform").Skip(1))}",
            Behaviors = header.Flags,
        };
        flags = logs.Apply(project.Apply(flags, source, header), source);
        var arguments = new VerbArguments { Verb = verb, Header = header, Flags = flags, Request = new BuildRequest(), WritesArtifacts = !place.IsPlatform || flags.TargetPath is not null };
        arguments = arguments with
        {
            Request = new BuildRequest
            {
                Verb = verb,
                ProjectDirectory = place.IsPlatform ? null : header.Directory,
                Flags = flags,
                Vars = flags.Vars,
                Threads = flags.Threads,
                FailFast = flags.FailFast,
                Defer = flags.Defer,
                FavorState = flags.FavorState,
                StateDirectory = flags.State,
                DeferStateDirectory = flags.DeferState,
                TargetPath = arguments.TargetDirectory,
            },
        };
        return apply(arguments, source);
    }
}
