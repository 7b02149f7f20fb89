using Platform.AppHost.Embedded.Children;
using Platform.AppHost.Embedded.Data;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded;

/// <summary>Runs the platform on this machine: what starts in which order, and how it ends.</summary>
internal sealed class EmbeddedHost : IAsyncDisposable
{
    private const int Success = 0;
    private const int Failure = 1;
    private const string Database = "warehouse";
    private const string Owner = "platform_owner";
    private const string ApiRole = "platform_api";
    private const string BiReaderRole = "bi_reader";
    private const string LandingVariable = "ConnectionStrings__landing";

    private readonly EmbeddedOptions _options;
    private readonly Terminal _terminal;
    private readonly DataFolder _folder;
    private readonly Supervisor _supervisor = new();
    private readonly List<ChildLog> _logs = [];
    private readonly int _consolePort;

    private EmbeddedHost(EmbeddedOptions options, Terminal terminal, DataFolder folder)
    {
        _options = options;
        _terminal = terminal;
        _folder = folder;
        _consolePort = ConsolePort.Choose(options.Port);
    }

    private string ConsoleAddress => $"http://localhost:{_consolePort}";

    /// <summary>Runs until asked to stop (exit code 0) or until something fails (exit code 1).</summary>
    public static async Task<int> RunAsync(EmbeddedOptions options, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var terminal = new Terminal(clock);
        using var signals = new StopSignals(clock, cancellationToken);
        try
        {
            using var folder = DataFolder.Open(options.DataFolder);
            await using var host = new EmbeddedHost(options, terminal, folder);
            return await host.RunAsync(signals.Token);
        }
        catch (ServerException exception)
        {
            terminal.Error(exception.Message);
            return Failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        foreach (var log in _logs)
        {
            log.Dispose();
        }
    }

    private async Task<int> RunAsync(CancellationToken stopRequested)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(stopRequested);
        var start = StartAsync(starting.Token);
        string? failure = null;
        try
        {
            if (await Task.WhenAny(start, _supervisor.FirstEnded) == start)
            {
                await start;
                await _supervisor.FirstEnded.WaitAsync(stopRequested);
            }
        }
        catch (OperationCanceledException) when (stopRequested.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (ServerException exception)
        {
            failure = exception.Message;
        }

        if (_supervisor.FirstEnded.IsCompleted)
        {
            var ended = await _supervisor.FirstEnded;
            failure = $"{ended.Name} ended with exit code {ended.ExitCode}. Its last lines:\n{ended.LastLines}";
        }

        if (failure is not null)
        {
            _terminal.Error(failure);
        }

        await starting.CancelAsync();
        await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _supervisor.StopAsync(_terminal.Step);
        _folder.NoteStopped();
        _terminal.Step(failure is null ? "stopped" : $"stopped because of a failure; the logs are in {_folder.Logs}");
        return failure is null ? Success : Failure;
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _terminal.Step($"data in {_folder.Path}");
        await _folder.StopLeftOversAsync(_terminal.Step, cancellationToken);
        if (_options.Fresh)
        {
            await PostgresServer.StopLeftOverAsync(_folder.Postgres, _terminal.Step, cancellationToken);
            _folder.Wipe();
        }

        var settings = await InstanceSettings.LoadAsync(_folder.Path, cancellationToken);
        var packages = await ServerPackages.InstallAsync(PlatformFolder.Default, _terminal.Step, cancellationToken);
        var postgresStart = StartPostgresAsync(settings, packages, cancellationToken);
        var landingStart = StartStorageAsync(settings, packages, cancellationToken);
        await Task.WhenAll(postgresStart, landingStart);
        var postgres = await postgresStart;

        var worker = new WebProject("worker", "Platform.Worker", settings.WorkerPort)
        {
            Settings = new Dictionary<string, string?>
            {
                ["ConnectionStrings__warehouse"] = postgres.ConnectionString(Database, Owner, settings.OwnerPassword),
                [LandingVariable] = await landingStart,
                ["Warehouse__ApiPassword"] = settings.ApiPassword,
                ["Warehouse__BiReaderPassword"] = settings.BiReaderPassword,
                ["Pipeline__CatchUpDays"] = _options.Days?.ToString() ?? Environment.GetEnvironmentVariable("Pipeline__CatchUpDays"),
            },
        };
        await StartAsync(worker, "starting the Worker (migrations first)", cancellationToken);

        var api = new WebProject("api", "Platform.Api", _consolePort)
        {
            Settings = new Dictionary<string, string?>
            {
                ["ConnectionStrings__warehouse"] = postgres.ConnectionString(Database, ApiRole, settings.ApiPassword),
            },
        };
        await StartAsync(api, "starting the Api", cancellationToken);
        _terminal.Step($"the console is at {ConsoleAddress}/");

        using var operatorApi = new HttpClient { BaseAddress = new Uri(worker.Address) };
        await new CatchUp(_terminal, operatorApi).FollowAsync(cancellationToken);
        await PrintAddressesAsync(settings, worker, cancellationToken);
    }

    private async Task<PostgresServer> StartPostgresAsync(InstanceSettings settings, ServerPackages? packages, CancellationToken cancellationToken)
    {
        var binaries = await PostgresBinaries.FindAsync(packages, cancellationToken);
        _terminal.Step($"starting PostgreSQL {binaries.MajorVersion}");
        var server = await PostgresServer.StartAsync(
            new PostgresServerOptions(binaries, _folder.Postgres, settings.PostgresPort, settings.SuperuserPassword)
            {
                Report = _terminal.Step,
                Output = Log("postgres", LogFilters.Postgres).Receive,
            },
            cancellationToken);
        Watch(server.Process);
        await server.EnsureOwnerAsync(Owner, settings.OwnerPassword, cancellationToken);
        await server.EnsureDatabaseAsync(Database, Owner, cancellationToken);
        return server;
    }

    /// <summary>The landing connection string: Azurite's, or the one given where a storage account stands ready.</summary>
    private async Task<string> StartStorageAsync(InstanceSettings settings, ServerPackages? packages, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(LandingVariable) is { Length: > 0 } given)
        {
            _terminal.Step($"using the storage account of {LandingVariable}");
            return given;
        }

        if (packages is null)
        {
            throw new ServerException(
                $"Node.js was not found: install version 20 or newer (https://nodejs.org), from which Azurite is installed by itself, or set {LandingVariable} "
                + "to the connection string of a storage account.");
        }

        _terminal.Step("starting Azurite");
        var server = await AzuriteServer.StartAsync(
            new AzuriteServerOptions(packages, _folder.Azurite, settings.AzuritePort, settings.StorageKey)
            {
                Output = Log("azurite", LogFilters.Azurite).Receive,
            },
            cancellationToken);
        Watch(server.Process);
        return server.ConnectionString;
    }

    private async Task StartAsync(WebProject project, string step, CancellationToken cancellationToken)
    {
        _terminal.Step(step);
        var process = await project.StartAsync(Log(project.Name, LogFilters.DotNet).Receive, cancellationToken);
        Watch(process);
        await project.WaitUntilHealthyAsync(process, cancellationToken);
    }

    private ChildLog Log(string source, Func<string, bool?> isShown)
    {
        var log = new ChildLog(source, _folder.Logs, _terminal, _options.Verbose ? LogFilters.All : isShown);
        lock (_logs)
        {
            _logs.Add(log);
            return log;
        }
    }

    private void Watch(ChildProcess child)
    {
        _supervisor.Watch(child);
        lock (_logs)
        {
            _folder.NoteRunning(new RunningInstance(
                Environment.ProcessId, ConsoleAddress, [.. _supervisor.Children.Select(RunningChild.Of).OfType<RunningChild>()]));
        }
    }

    private async Task PrintAddressesAsync(InstanceSettings settings, WebProject worker, CancellationToken cancellationToken)
    {
        await PrivateFile.WriteAsync(
            _folder.PasswordFile, $"127.0.0.1:{settings.PostgresPort}:{Database}:{BiReaderRole}:{settings.BiReaderPassword}\n", cancellationToken);
        _terminal.Step("the platform is ready");
        _terminal.Plain($"""

              Console        {ConsoleAddress}/
              API reference  {ConsoleAddress}/scalar
              Metrics        curl '{ConsoleAddress}/api/v1/query?metrics=revenue,gross_margin&group_by=metric_time__month,customer__region'
              PostgreSQL     PGPASSFILE='{_folder.PasswordFile}' psql -h 127.0.0.1 -p {settings.PostgresPort} -U {BiReaderRole} {Database}
              Operator API   {worker.Address}/api/v1/runs
              Logs           {_folder.Logs}

            Ctrl+C stops everything; the data stays for the next start.
            """);
    }
}
