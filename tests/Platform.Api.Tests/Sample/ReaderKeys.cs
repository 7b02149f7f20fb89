using System.Security.Cryptography;
using System.Text;
using NpgsqlTypes;
using Platform.Testing;

namespace Platform.Api.Tests.Sample;

/// <summary>Keys of readers, entered in the database as the Worker does.</summary>
internal static class ReaderKeys
{
    /// <summary>Makes a key and tells its secret.</summary>
    public static async Task<string> CreateAsync(
        TestDatabase database,
        string name,
        string role = "analyst",
        string[]? domains = null,
        string[]? metrics = null,
        string rows = "{}",
        int? rate = null,
        string expires = "now() + interval '1 day'",
        bool revoked = false)
    {
        var secret = $"plk_{name}_{Guid.NewGuid():N}";
        await using var command = database.DataSource.CreateCommand($"""
            insert into meta.access_key (name, prefix, hash, role, domains, metrics, row_rules, requests_per_minute, created_at, created_by, expires_at, revoked_at, revoked_by)
            values ($1, 'plk_', $2, $3, $4, $5, $6::jsonb, $7, now(), 'test', {expires}, {(revoked ? "now(), 'test'" : "null, null")})
            """);
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        command.Parameters.AddWithValue(role);
        command.Parameters.Add(new() { Value = (object?)domains ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)metrics ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.AddWithValue(rows);
        command.Parameters.Add(new() { Value = (object?)rate ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return secret;
    }
}
