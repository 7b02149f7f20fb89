using Npgsql;
using Platform.Testing;

namespace Platform.Api.Tests.Sample;

/// <summary>A database with the Worker's schema and roles.</summary>
internal static class SampleDatabase
{
    /// <summary>Password of <c>platform_api</c> for this test process; the role is the server's, so all databases share it.</summary>
    private static readonly string ApiPassword = Guid.NewGuid().ToString("N");

    private static readonly SemaphoreSlim Roles = new(1, 1);

    /// <summary>The Worker's migrations and grants, run from their files: the Api does not know the Worker's code.</summary>
    public static async Task MigrateAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        await ExecuteAsync(database, "create schema if not exists meta", cancellationToken);
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "Platform.Worker", "Warehouse", "Migrations"), "*.sql").Order(StringComparer.Ordinal))
        {
            await ExecuteAsync(database, await File.ReadAllTextAsync(file, cancellationToken), cancellationToken);
        }

        await Roles.WaitAsync(cancellationToken);
        try
        {
            await ExecuteAsync(
                database,
                $"""
                do $$ begin create role platform_api login nosuperuser; exception when duplicate_object then null; end $$;
                alter role platform_api with login password '{ApiPassword}';
                """,
                cancellationToken);
        }
        finally
        {
            Roles.Release();
        }

        await GrantAsync(database, cancellationToken);
    }

    public static Task GrantAsync(TestDatabase database, CancellationToken cancellationToken) => ExecuteAsync(
        database,
        """
        grant usage on schema analytics, meta to platform_api;
        grant select on all tables in schema analytics to platform_api;
        grant select on all tables in schema meta to platform_api;
        """,
        cancellationToken);

    public static string ApiConnectionString(TestDatabase database) => database.ConnectionStringFor("platform_api", ApiPassword);

    public static async Task ExecuteAsync(TestDatabase database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The sample's marts with its data, not yet published.</summary>
    public static async Task LoadAsync(TestDatabase database, SampleData data, CancellationToken cancellationToken)
    {
        await ExecuteAsync(database, await File.ReadAllTextAsync(Repository.Sample("marts.sql"), cancellationToken), cancellationToken);
        await CopyAsync(database, "dim_customer", data.Customers.Select(c => new object?[] { c.Id, c.Region, c.Segment, c.Created }), cancellationToken);
        await CopyAsync(database, "dim_customer_history", data.Customers.SelectMany(c => History(c)), cancellationToken);
        await CopyAsync(database, "dim_product", data.Products.Select(p => new object?[] { p.Id, p.Category }), cancellationToken);
        await CopyAsync(database, "fct_orders", data.Orders.Select(o => new object?[] { o.Id, o.CustomerId, o.Channel, o.OrderedAt, o.IsFirst }), cancellationToken);
        await CopyAsync(
            database,
            "fct_order_lines",
            data.Lines.Select(l => new object?[] { l.OrderId, l.Number, l.ProductId, l.Date, l.Quantity, l.Net, l.UnitCost }),
            cancellationToken);
        await CopyAsync(database, "fct_returns", data.Returns.Select(r => new object?[] { r.Id, r.OrderId, r.Date, r.Reason, r.Refund }), cancellationToken);
        await CopyAsync(database, "fct_tickets", data.Tickets.Select(t => new object?[] { t.Id, t.CustomerId, t.OpenedAt, t.Priority, t.Hours }), cancellationToken);
        await CopyAsync(database, "fct_stock", data.Stock.Select(s => new object?[] { s.Day, s.ProductId, s.Warehouse, s.OnHand }), cancellationToken);
        await GrantAsync(database, cancellationToken);
    }

    /// <summary>Publishes the marts with the sample's semantic manifest.</summary>
    public static async Task<long> PublishAsync(
        TestDatabase database, CancellationToken cancellationToken, string? semanticManifest = null, string project = "sample", bool isDated = true)
    {
        await using var command = database.DataSource.CreateCommand(
            """
            with invocation as (
              insert into meta.invocation (invocation_id, started_at, finished_at, success) values (gen_random_uuid(), now(), now(), true)
              returning invocation_id
            ), former as (
              update meta.publication set is_current = false where is_current returning publication_id
            )
            insert into meta.publication (published_at, invocation_id, data_date_from, data_date_to, project_version, semantic_manifest, manifest, project_name, is_current)
            select now(), invocation_id, $1, $2, '1.0.0', $3::jsonb, $4::jsonb, $5, false from invocation
            returning publication_id
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = isDated ? SampleData.From : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter { Value = isDated ? SampleData.To : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        command.Parameters.AddWithValue(semanticManifest ?? await File.ReadAllTextAsync(Repository.Sample("semantic_manifest.json"), cancellationToken));
        command.Parameters.AddWithValue(
            """
            {"models": [{"name": "fct_order_lines", "description": "Order lines", "tests": ["unique_order_line"],
              "columns": {"order_date": {"description": "Day of the order"}}}]}
            """);
        command.Parameters.AddWithValue(project);
        var id = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        await ExecuteAsync(database, $"update meta.publication set is_current = true where publication_id = {id}", cancellationToken);
        return id;
    }

    /// <summary>Customers change tier once, in the middle of the time.</summary>
    private static IEnumerable<object?[]> History(Customer customer)
    {
        var change = new DateOnly(2026, 1, 1).AddDays(customer.Id.Length * 3);
        yield return [customer.Id, "silver", new DateOnly(2020, 1, 1), change];
        yield return [customer.Id, "gold", change, null];
    }

    private static async Task CopyAsync(TestDatabase database, string table, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        await using var writer = await connection.BeginBinaryImportAsync($"copy analytics.{table} from stdin (format binary)", cancellationToken);
        foreach (var row in rows)
        {
            await writer.StartRowAsync(cancellationToken);
            foreach (var value in row)
            {
                if (value is null)
                {
                    await writer.WriteNullAsync(cancellationToken);
                }
                else
                {
                    await writer.WriteAsync(value, cancellationToken);
                }
            }
        }

        await writer.CompleteAsync(cancellationToken);
    }
}
