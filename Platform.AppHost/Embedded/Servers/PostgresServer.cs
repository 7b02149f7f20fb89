using Npgsql;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>How to run a <see cref="PostgresServer"/>.</summary>
/// <param name="Folder">The data folder; made by initdb when it does not exist.</param>
/// <param name="Password">The superuser's password, with which the data folder was or will be made.</param>
internal sealed record PostgresServerOptions(PostgresBinaries Binaries, string Folder, int Port, string Password)
{
    /// <summary>Server settings beside those that every server here gets.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Says what is being done.</summary>
    public Action<string> Report { get; init; } = static _ => { };

    /// <summary>Receives each line of the server's log.</summary>
    public Action<string>? Output { get; init; }
}

/// <summary>A PostgreSQL server on 127.0.0.1, with superuser <c>postgres</c>.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Superuser = "postgres";
    private const int FirstVersionWithBuiltinLocales = 17;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private readonly PostgresServerOptions _options;

    private PostgresServer(PostgresServerOptions options, ChildProcess process)
    {
        _options = options;
        Process = process;
    }

    public ChildProcess Process { get; }

    /// <summary>Makes the data folder if needed, stops a server that an earlier process left on it, starts, and waits for connections.</summary>
    public static async Task<PostgresServer> StartAsync(PostgresServerOptions options, CancellationToken cancellationToken)
    {
        var versionFile = Path.Combine(options.Folder, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            options.Report("making a PostgreSQL data folder with initdb");
            await InitializeAsync(options, cancellationToken);
        }
        else if ((await File.ReadAllTextAsync(versionFile, cancellationToken)).Trim() is var version
            && version != options.Binaries.MajorVersion.ToString())
        {
            throw new ServerException(
                $"{options.Folder} was made by PostgreSQL {version}, but the server found here is {options.Binaries.MajorVersion} "
                + $"({options.Binaries.Folder}). Provide version {version}, or start with --fresh to begin with empty data.");
        }

        await StopLeftOverAsync(options.Folder, options.Report, cancellationToken);
        var child = await ChildProcess.StartAsync(
            new ChildProcessStart("postgres", options.Binaries.Postgres, Arguments(options))
            {
                User = UnprivilegedUser.IfRoot,
                StopSignal = Signal.Interrupt,
                Output = options.Output,
            },
            cancellationToken);
        var server = new PostgresServer(options, child);
        try
        {
            await child.WaitUntilAsync(server.AnswersAsync, TimeSpan.FromSeconds(60), cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops the server that a killed process left running on the data folder, as it would refuse the folder to another. The caller holds the folder.
    /// </summary>
    public static async Task StopLeftOverAsync(string folder, Action<string> report, CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(folder, "postmaster.pid");
        if (OperatingSystem.IsWindows() || !File.Exists(pidFile)
            || !int.TryParse((await File.ReadAllLinesAsync(pidFile, cancellationToken)).FirstOrDefault(), out var processId))
        {
            return;
        }

        if (ServerProcesses.AreOn(folder, processId))
        {
            report($"stopping the PostgreSQL server that an earlier start left running (process {processId})");
            if (!await ServerProcesses.StopAsync(folder, processId, Signal.Interrupt, StopTimeout, cancellationToken)
                && !await ServerProcesses.StopAsync(folder, processId, Signal.Quit, StopTimeout, cancellationToken))
            {
                throw new ServerException($"A PostgreSQL server (process {processId}) uses {folder} and does not stop. Stop it, then start again.");
            }
        }

        // A killed server leaves the file, and its number may be another process' by now, which PostgreSQL would take for a server.
        File.Delete(pidFile);
    }

    /// <summary>A connection string for the role.</summary>
    public string ConnectionString(string database, string user, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _options.Port,
        Database = database,
        Username = user,
        Password = password,
    }.ConnectionString;

    /// <summary>Executes statements as superuser in database <c>postgres</c>, each on its own.</summary>
    public async Task ExecuteAsync(CancellationToken cancellationToken, params string[] statements)
    {
        await using var connection = await OpenAsync(cancellationToken);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Makes the role unless it exists and sets its password. As on a managed service, it is no superuser but may create other roles.
    /// </summary>
    public async Task EnsureOwnerAsync(string role, string password, CancellationToken cancellationToken)
    {
        const string statement = """
            SELECT format(
              CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1) THEN 'ALTER' ELSE 'CREATE' END || ' ROLE %I LOGIN CREATEROLE PASSWORD %L',
              $1, $2)
            """;
        await using var connection = await OpenAsync(cancellationToken);
        await using var compose = new NpgsqlCommand(statement, connection) { Parameters = { new() { Value = role }, new() { Value = password } } };
        await using var execute = new NpgsqlCommand((string)(await compose.ExecuteScalarAsync(cancellationToken))!, connection);
        await execute.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes the database unless it exists.</summary>
    public async Task EnsureDatabaseAsync(string name, string owner, CancellationToken cancellationToken)
    {
        const string statement = "SELECT format('CREATE DATABASE %I OWNER %I', $1, $2) WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
        await using var connection = await OpenAsync(cancellationToken);
        await using var compose = new NpgsqlCommand(statement, connection) { Parameters = { new() { Value = name }, new() { Value = owner } } };
        if (await compose.ExecuteScalarAsync(cancellationToken) is string create)
        {
            await using var execute = new NpgsqlCommand(create, connection);
            await execute.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public Task StopAsync() => Process.StopAsync(StopTimeout);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Process.DisposeAsync();
    }

    private static async Task InitializeAsync(PostgresServerOptions options, CancellationToken cancellationToken)
    {
        // Complete under another name first: a data folder of the final name is always whole.
        var partial = options.Folder + ".partial";
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        PlatformFolder.CreateReadable(partial);
        var passwordFile = Path.Combine(partial, "password");
        var dataFolder = Path.Combine(partial, "data");
        await PrivateFile.WriteAsync(passwordFile, options.Password, cancellationToken);
        UnprivilegedUser.IfRoot?.Own(partial);
        string[] locale = options.Binaries.MajorVersion >= FirstVersionWithBuiltinLocales
            ? ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            : ["--locale=C"];
        await ChildProcess.RunAsync(
            new ChildProcessStart(
                "initdb",
                options.Binaries.Initdb,
                [$"--pgdata={dataFolder}", $"--username={Superuser}", $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", .. locale])
            {
                User = UnprivilegedUser.IfRoot,
            },
            cancellationToken);
        Directory.Move(dataFolder, options.Folder);
        Directory.Delete(partial, recursive: true);
    }

    private static List<string> Arguments(PostgresServerOptions options)
    {
        List<string> arguments = ["-D", options.Folder];
        var settings = new Dictionary<string, string>
        {
            ["port"] = options.Port.ToString(),
            ["listen_addresses"] = "127.0.0.1",
            ["unix_socket_directories"] = string.Empty,
            ["max_connections"] = "200",
            ["shared_buffers"] = "256MB",
            ["max_wal_size"] = "4GB",
            // A query over a fact table locks each of its partitions and their keys: room for thousands of days.
            ["max_locks_per_transaction"] = "256",
            // One server, no replica: changes to tables made in the same transaction need no log.
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };
        foreach (var (name, value) in settings.Concat(options.Settings))
        {
            arguments.Add("-c");
            arguments.Add($"{name}={value}");
        }

        return arguments;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new ServerException(
                $"PostgreSQL at {_options.Folder} has another superuser password than the one kept beside it. Start with --fresh to begin with empty data.",
                exception);
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString("postgres", Superuser, _options.Password) + ";Pooling=false");
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
