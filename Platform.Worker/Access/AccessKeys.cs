using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Access;

/// <summary>A key without its secret.</summary>
/// <param name="Prefix">The first characters of the secret, to tell keys apart.</param>
/// <param name="State">active, expired or revoked.</param>
internal sealed record AccessKey(
    long KeyId,
    string Name,
    string Prefix,
    string Role,
    IReadOnlyList<string>? Domains,
    IReadOnlyList<string>? Metrics,
    JsonElement Rows,
    int? RequestsPerMinute,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt,
    string? RevokedBy,
    string State);

/// <summary>A key that was just made; the only time that its secret is told.</summary>
internal sealed record IssuedKey(string Secret, AccessKey Key);

/// <summary>The keys of readers, in <c>meta.access_key</c>.</summary>
internal sealed class AccessKeys(NpgsqlDataSource warehouse, TimeProvider time)
{
    private const string Mark = "plk_";
    private const int SecretBytes = 32;
    private const int PrefixLength = 10;

    private const string Columns = """
        key_id, name, prefix, role, domains, metrics, row_rules, requests_per_minute, created_at, created_by, expires_at, revoked_at, revoked_by,
        case when revoked_at is not null then 'revoked' when expires_at <= @now then 'expired' else 'active' end
        """;

    /// <exception cref="ConfigurationFaultException">The grant is wrong, or there is an active key of that name.</exception>
    public async Task<IssuedKey> CreateAsync(KeyGrant grant, TimeSpan lifetime, string who, CancellationToken cancellationToken)
    {
        grant.Validate();
        await using var connection = await warehouse.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, grant.Name, cancellationToken);
        if ((await ActiveAsync(connection, grant.Name, cancellationToken)).Count > 0)
        {
            throw new ConfigurationFaultException($"There is an active key '{grant.Name}'; rotate it, revoke it first, or choose another name.");
        }

        var issued = await InsertAsync(connection, grant, lifetime, who, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return issued;
    }

    /// <summary>All keys, or those of one name, newest first.</summary>
    public async Task<IReadOnlyList<AccessKey>> ListAsync(string? name, CancellationToken cancellationToken)
    {
        await using var connection = await warehouse.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, "where @name is null or name = @name order by key_id desc", name, cancellationToken);
    }

    /// <summary>Makes a new secret with the grant of the active key; the old one is let in until <paramref name="overlap"/> is over.</summary>
    /// <exception cref="ConfigurationFaultException">There is no active key of that name.</exception>
    public async Task<IssuedKey> RotateAsync(string name, TimeSpan lifetime, TimeSpan overlap, string who, CancellationToken cancellationToken)
    {
        await using var connection = await warehouse.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, name, cancellationToken);
        var former = (await ActiveAsync(connection, name, cancellationToken)) is [var newest, ..] ? newest : throw NoActiveKey(name);
        await using var expire = new NpgsqlCommand(
            "update meta.access_key set expires_at = least(expires_at, @until) where name = @name and revoked_at is null", connection);
        expire.Parameters.AddWithValue("name", name);
        expire.Parameters.AddWithValue("until", time.GetUtcNow() + overlap);
        await expire.ExecuteNonQueryAsync(cancellationToken);
        var grant = new KeyGrant(name, former.Role)
        {
            Domains = former.Domains ?? [],
            Metrics = former.Metrics ?? [],
            Rows = former.Rows.Deserialize<Dictionary<string, IReadOnlyList<string>>>()!,
            RequestsPerMinute = former.RequestsPerMinute,
        };
        var issued = await InsertAsync(connection, grant, lifetime, who, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return issued;
    }

    /// <summary>Ends every key of that name that is not revoked yet.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="ConfigurationFaultException">There is none.</exception>
    public async Task<int> RevokeAsync(string name, string who, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand("update meta.access_key set revoked_at = @now, revoked_by = @who where name = @name and revoked_at is null");
        command.Parameters.AddWithValue("now", time.GetUtcNow());
        command.Parameters.AddWithValue("who", who);
        command.Parameters.AddWithValue("name", name);
        return await command.ExecuteNonQueryAsync(cancellationToken) is > 0 and var revoked ? revoked : throw NoActiveKey(name);
    }

    private static ConfigurationFaultException NoActiveKey(string name) => new($"There is no active key '{name}'; 'keys list' shows those that there are.");

    /// <summary>Two who make or rotate keys of one name do it one after the other.</summary>
    private static async Task LockAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('platform.access_key.' || $1, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private Task<List<AccessKey>> ActiveAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        ReadAsync(connection, "where name = @name and revoked_at is null and expires_at > @now order by key_id desc", name, cancellationToken);

    private async Task<IssuedKey> InsertAsync(
        NpgsqlConnection connection, KeyGrant grant, TimeSpan lifetime, string who, CancellationToken cancellationToken)
    {
        var secret = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        await using var command = new NpgsqlCommand($"""
            insert into meta.access_key (name, prefix, hash, role, domains, metrics, row_rules, requests_per_minute, created_at, created_by, expires_at)
            values (@name, @prefix, @hash, @role, @domains, @metrics, @rows, @rate, @now, @who, @expires)
            returning {Columns}
            """, connection);
        command.Parameters.AddWithValue("name", grant.Name);
        command.Parameters.AddWithValue("prefix", secret[..PrefixLength]);
        command.Parameters.AddWithValue("hash", SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        command.Parameters.AddWithValue("role", grant.Role);
        command.Parameters.Add(Texts("domains", grant.Domains));
        command.Parameters.Add(Texts("metrics", grant.Metrics));
        command.Parameters.Add(new("rows", NpgsqlDbType.Jsonb) { Value = JsonSerializer.Serialize(grant.Rows) });
        command.Parameters.Add(new("rate", NpgsqlDbType.Integer) { Value = (object?)grant.RequestsPerMinute ?? DBNull.Value });
        command.Parameters.AddWithValue("now", now);
        command.Parameters.AddWithValue("who", who);
        command.Parameters.AddWithValue("expires", now + lifetime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new IssuedKey(secret, Key(reader));
    }

    private async Task<List<AccessKey>> ReadAsync(NpgsqlConnection connection, string which, string? name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from meta.access_key {which}", connection);
        command.Parameters.AddWithValue("now", time.GetUtcNow());
        command.Parameters.Add(new("name", NpgsqlDbType.Text) { Value = (object?)name ?? DBNull.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<AccessKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(Key(reader));
        }

        return keys;
    }

    private static AccessKey Key(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), Texts(row, 4), Texts(row, 5), row.GetFieldValue<JsonElement>(6),
        row.IsDBNull(7) ? null : row.GetInt32(7), row.GetFieldValue<DateTimeOffset>(8), row.GetString(9), row.GetFieldValue<DateTimeOffset>(10),
        row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11), row.IsDBNull(12) ? null : row.GetString(12), row.GetString(13));

    private static string[]? Texts(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<string[]>(column);

    private static NpgsqlParameter Texts(string name, IReadOnlyList<string> values) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = values.Count == 0 ? DBNull.Value : values.ToArray() };
}
