using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Metrics.Query;

namespace Platform.Api.Access;

/// <summary>Finds the reader of a key: among those of the configuration, then in <c>meta.access_key</c>, where operators make and revoke them.</summary>
internal sealed class KeyLookup(NpgsqlDataSource warehouse, IOptions<AccessOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>What the secrets begin with that operators make.</summary>
    private const string Mark = "plk_";

    private const int MostKept = 10_000;

    private readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = MostKept });
    private readonly (byte[] Hash, ApiKey Key)[] configured =
        [.. options.Value.ApiKeys.Select(key => (SHA256.HashData(Encoding.UTF8.GetBytes(key.Key)), key))];

    /// <summary>The key's reader; null when nobody has it, or no more.</summary>
    /// <exception cref="NpgsqlException">The warehouse does not answer.</exception>
    public async Task<ClaimsPrincipal?> FindAsync(string shown, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        if (Configured(hash) is { } key)
        {
            return Reader.Create(ApiKeyHandler.SchemeName, key.Name, key.Role, [], requestsPerMinute: null);
        }

        if (!shown.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        // A key that was revoked, rotated or made is known everywhere after KeyAge.
        var name = Convert.ToHexString(hash);
        if (!kept.TryGetValue(name, out Found? found) || found!.At + options.Value.KeyAge <= time.GetUtcNow())
        {
            found = new Found(await ReadAsync(hash, cancellationToken), time.GetUtcNow());
            kept.Set(name, found, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = options.Value.KeyAge });
        }

        return found.Reader is { } reader && time.GetUtcNow() < reader.Until ? reader.Principal : null;
    }

    public void Dispose() => kept.Dispose();

    /// <summary>Every key is compared, and in a time that does not tell how much of one was right.</summary>
    private ApiKey? Configured(byte[] hash)
    {
        ApiKey? holder = null;
        foreach (var (own, key) in configured)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, own))
            {
                holder = key;
            }
        }

        return holder;
    }

    private async Task<KnownReader?> ReadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            "select name, role, domains, metrics, row_rules, requests_per_minute, expires_at from meta.access_key where hash = $1 and revoked_at is null");
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = hash });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var rows = reader.GetFieldValue<System.Text.Json.JsonElement>(4).EnumerateObject()
            .Select(rule => new RowRule(rule.Name, [.. rule.Value.EnumerateArray().Select(value => value.GetString()!)])).ToImmutableArray();
        return new KnownReader(
            Reader.Create(
                ApiKeyHandler.SchemeName,
                reader.GetString(0),
                reader.GetString(1),
                ReaderClaims.Of(Texts(reader, 2), Texts(reader, 3), rows),
                reader.IsDBNull(5) ? null : reader.GetInt32(5)),
            reader.GetFieldValue<DateTimeOffset>(6));
    }

    private static string[] Texts(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<string[]>(column);

    private sealed record KnownReader(ClaimsPrincipal Principal, DateTimeOffset Until);

    private sealed record Found(KnownReader? Reader, DateTimeOffset At);
}
