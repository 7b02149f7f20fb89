using Npgsql;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Profiles;

/// <summary>
/// A target of profiles.yml of type postgres, with dbt's defaults
/// (https://docs.getdbt.com/docs/core/connect-data-platform/postgres-setup).
/// </summary>
internal sealed record PostgresProfile
{
    public required string ProfileName { get; init; }

    public required string TargetName { get; init; }

    public required string Host { get; init; }

    public required string User { get; init; }

    public required string Password { get; init; }

    public required string Database { get; init; }

    public required string Schema { get; init; }

    public int Port { get; init; } = 5432;

    public int Threads { get; init; } = 1;

    /// <summary>Seconds that connecting may take.</summary>
    public int ConnectTimeout { get; init; } = 10;

    /// <summary>Seconds without traffic after which TCP asks whether the server is there; 0 is the system's default.</summary>
    public int KeepalivesIdle { get; init; }

    /// <summary>How often connecting is tried again.</summary>
    public int Retries { get; init; } = 1;

    public string? Role { get; init; }

    public string? SearchPath { get; init; }

    public string? SslMode { get; init; }

    public string? SslCertificate { get; init; }

    public string? SslKey { get; init; }

    public string? SslRootCertificate { get; init; }

    public string ApplicationName { get; init; } = "dbt";

    public bool AutoCommit { get; init; }

    /// <summary>The profiles.yml that it was read from.</summary>
    public required SourceLocation At { get; init; }

    public TargetInfo ToTarget() => new(TargetName, Database, Schema, Host, User, Port, Threads)
    {
        ProfileName = ProfileName,
        Settings = new Dictionary<string, object?>
        {
            ["connect_timeout"] = ConnectTimeout,
            ["role"] = Role,
            ["search_path"] = SearchPath,
            ["keepalives_idle"] = KeepalivesIdle,
            ["sslmode"] = SslMode,
            ["sslcert"] = SslCertificate,
            ["sslkey"] = SslKey,
            ["sslrootcert"] = SslRootCertificate,
            ["application_name"] = ApplicationName,
            ["autocommit"] = AutoCommit,
            ["retries"] = Retries,
        }.Where(setting => setting.Value is not null).ToDictionary(),
    };

    /// <summary>Connections as the profile describes them; each works as <see cref="Role"/> when one is set.</summary>
    public NpgsqlDataSource CreateDataSource()
    {
        var builder = new NpgsqlDataSourceBuilder
        {
            ConnectionStringBuilder =
            {
                Host = Host,
                Port = Port,
                Username = User,
                Password = Password,
                Database = Database,
                Timeout = ConnectTimeout,
                ApplicationName = ApplicationName,
                IncludeErrorDetail = true,
                MaxPoolSize = Math.Max(100, Threads + 10),
            },
        };
        if (SearchPath is { Length: > 0 })
        {
            builder.ConnectionStringBuilder.SearchPath = SearchPath;
        }

        if (KeepalivesIdle > 0)
        {
            builder.ConnectionStringBuilder.TcpKeepAlive = true;
            builder.ConnectionStringBuilder.TcpKeepAliveTime = KeepalivesIdle;
        }

        builder.ConnectionStringBuilder.SslMode = Mode();
        builder.ConnectionStringBuilder.SslCertificate = SslCertificate;
        builder.ConnectionStringBuilder.SslKey = SslKey;
        builder.ConnectionStringBuilder.RootCertificate = SslRootCertificate;
        if (Role is { Length: > 0 } role)
        {
            // Resetting a pooled connection would lose the role.
            builder.ConnectionStringBuilder.NoResetOnClose = true;
            builder.UsePhysicalConnectionInitializer(
                connection =>
                {
                    using var command = new NpgsqlCommand($"set role {role}", connection);
                    command.ExecuteNonQuery();
                },
                async connection =>
                {
                    await using var command = new NpgsqlCommand($"set role {role}", connection);
                    await command.ExecuteNonQueryAsync();
                });
        }

        return builder.Build();
    }

    private SslMode Mode() => SslMode switch
    {
        null or "" or "prefer" => Npgsql.SslMode.Prefer,
        "disable" => Npgsql.SslMode.Disable,
        "allow" => Npgsql.SslMode.Allow,
        "require" => Npgsql.SslMode.Require,
        "verify-ca" => Npgsql.SslMode.VerifyCA,
        "verify-full" => Npgsql.SslMode.VerifyFull,
        var other => throw new TransformException(
            At, $"sslmode '{other}' of target '{TargetName}' is none of disable, allow, prefer, require, verify-ca, verify-full."),
    };
}
