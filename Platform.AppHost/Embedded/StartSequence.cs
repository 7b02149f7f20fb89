using Platform.AppHost.Embedded.Children;
using Platform.AppHost.Embedded.Data;
using Platform.AppHost.Embedded.Servers;
using Platform.ServiceDefaults;

namespace Platform.AppHost.Embedded;

/// <summary>What starts in which order: servers, Worker, Api; then the first runs.</summary>
internal sealed class StartSequence(EmbeddedOptions options, Terminal terminal, DataFolder folder, Supervisor children, int consolePort)
{
    private const string Database = "warehouse";
    private const string Owner = "platform_owner";
    private const string WarehouseVariable = "ConnectionStrings__warehouse";
    private const string LandingVariable = "ConnectionStrings__landing";
    private const string MetricsApiVariable = "Periods__MetricsApi";
    private const string CatchUpDaysVariable = "Pipeline__CatchUpDays";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        terminal.Step($"data in {folder.Path}");
        if (PlatformFolder.IsElsewhere)
        {
            terminal.Step($"PostgreSQL's user {UnprivilegedUser.IfRoot?.Name} cannot enter the repository's folder, so its files are in {PlatformFolder.Default}");
        }

        await folder.StopLeftOversAsync(terminal.Step, cancellationToken);
        if (options.Fresh)
        {
            await PostgresServer.StopLeftOverAsync(folder.Postgres, terminal.Step, cancellationToken);
            folder.Wipe();
        }

        var settings = await InstanceSettings.LoadAsync(folder.SettingsFile, cancellationToken);
        var packages = await ServerPackages.InstallAsync(PlatformFolder.Default, terminal.Step, cancellationToken);
        var postgresStart = StartPostgresAsync(settings, packages, cancellationToken);
        var landingStart = StartStorageAsync(settings, packages, cancellationToken);
        await Task.WhenAll(postgresStart, landingStart);
        var postgres = await postgresStart;

        var warehouse = postgres.ConnectionString(Database, Owner, settings.OwnerPassword);
        var landing = await landingStart;
        await PrivateFile.WriteAsync(
            folder.EnvironmentFile,
            $"export {WarehouseVariable}='{warehouse}'\nexport {LandingVariable}='{landing}'\nexport {MetricsApiVariable}='{ConsolePort.Address(consolePort)}'\n",
            cancellationToken);

        var worker = new WebProject("worker", "Platform.Worker", settings.WorkerPort)
        {
            Settings = new Dictionary<string, string?>
            {
                [WarehouseVariable] = warehouse,
                [LandingVariable] = landing,
                ["Warehouse__ApiPassword"] = settings.ApiPassword,
                ["Warehouse__BiReaderPassword"] = settings.BiReaderPassword,
                // Asked when a month is closed, long after both have started.
                [MetricsApiVariable] = ConsolePort.Address(consolePort),
                [CatchUpDaysVariable] = options.Days?.ToString() ?? Environment.GetEnvironmentVariable(CatchUpDaysVariable),
            },
        };
        terminal.Step("starting the Worker (migrations first)");
        await StartAsync(worker, cancellationToken);

        var api = new WebProject("api", "Platform.Api", consolePort)
        {
            Settings = new Dictionary<string, string?>
            {
                [WarehouseVariable] = postgres.ConnectionString(Database, WarehouseNames.ApiRole, settings.ApiPassword),
            },
        };
        terminal.Step("starting the Api");
        await StartAsync(api, cancellationToken);
        terminal.Step($"the console is at {ConsolePort.Address(consolePort)}/");

        using var operatorApi = new HttpClient { BaseAddress = new Uri(worker.Address) };
        await new CatchUp(terminal, operatorApi).FollowAsync(cancellationToken);
        await PrintAddressesAsync(settings, worker, cancellationToken);
    }

    private async Task<PostgresServer> StartPostgresAsync(InstanceSettings settings, ServerPackages? packages, CancellationToken cancellationToken)
    {
        var binaries = await PostgresBinaries.FindAsync(packages, cancellationToken);
        terminal.Step($"starting PostgreSQL {binaries.MajorVersion}");
        var server = await PostgresServer.StartAsync(
            new PostgresServerOptions(binaries, folder.Postgres, settings.PostgresPort, settings.SuperuserPassword)
            {
                Report = terminal.Step,
                Output = children.Log("postgres", LogFilters.Postgres),
            },
            cancellationToken);
        children.Watch(server.Process);
        await server.EnsureOwnerAsync(Owner, settings.OwnerPassword, cancellationToken);
        await server.EnsureDatabaseAsync(Database, Owner, cancellationToken);
        return server;
    }

    /// <summary>The landing connection string: Azurite's, or the one given where a storage account stands ready.</summary>
    private async Task<string> StartStorageAsync(InstanceSettings settings, ServerPackages? packages, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(LandingVariable) is { Length: > 0 } given)
        {
            terminal.Step($"using the storage account of {LandingVariable}");
            return given;
        }

        if (packages is null)
        {
            throw new ServerException(
                $"Node.js was not found: install version 20 or newer (https://nodejs.org), from which Azurite is installed by itself, or set {LandingVariable} "
                + "to the connection string of a storage account.");
        }

        terminal.Step("starting Azurite");
        var server = await AzuriteServer.StartAsync(
            new AzuriteServerOptions(packages, folder.Azurite, settings.AzuritePort, settings.StorageKey)
            {
                Output = children.Log("azurite", LogFilters.Azurite),
            },
            cancellationToken);
        children.Watch(server.Process);
        return server.ConnectionString;
    }

    private async Task StartAsync(WebProject project, CancellationToken cancellationToken)
    {
        var process = await project.StartAsync(children.Log(project.Name, LogFilters.DotNet), cancellationToken);
        children.Watch(process);
        await project.WaitUntilHealthyAsync(process, cancellationToken);
    }

    private async Task PrintAddressesAsync(InstanceSettings settings, WebProject worker, CancellationToken cancellationToken)
    {
        await PrivateFile.WriteAsync(
            folder.PasswordFile,
            $"127.0.0.1:{settings.PostgresPort}:{Database}:{WarehouseNames.BiReaderRole}:{settings.BiReaderPassword}\n",
            cancellationToken);
        terminal.Step("the platform is ready");
        var console = ConsolePort.Address(consolePort);
        terminal.Plain($"""

              Console        {console}/
              API reference  {console}/scalar
              Metrics        curl '{console}/api/v1/query?metrics=revenue,gross_margin&group_by=metric_time__month,customer__region'
              PostgreSQL     PGPASSFILE='{folder.PasswordFile}' psql -h 127.0.0.1 -p {settings.PostgresPort} -U {WarehouseNames.BiReaderRole} {Database}
              Operator API   {worker.Address}/api/v1/runs
              Command line   (. '{folder.EnvironmentFile}'; dotnet run --no-build --project Platform.Worker -- status)
              Logs           {folder.Logs}

            Ctrl+C stops everything; the data stays for the next start.
            """);
    }
}
