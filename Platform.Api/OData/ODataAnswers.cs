using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Formats;
using Platform.Api.Metrics.Query;
using Platform.Api.OData.Model;
using Platform.Api.Warehouse;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Api.OData;

/// <summary>Answers requests for rows: parsed and written as SQL with the kept sets, read in a snapshot, and again when that is of another publication.</summary>
internal sealed class ODataAnswers(
    NpgsqlDataSource dataSource, SetSource source, ReadAudit audit, TimeProvider time, IOptions<ODataOptions> options, IOptions<QueryOptions> query)
{
    private const int Attempts = 20;

    /// <exception cref="ODataFault">The request cannot be answered.</exception>
    public async Task AnswerAsync(HttpContext context, ODataForm form, SetReader reader)
    {
        var cancellationToken = context.RequestAborted;
        var sets = await source.KeptAsync(reader, cancellationToken);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                if (await TryAnswerAsync(context, form, sets, cancellationToken))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is ODataFault or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn })
            {
                // What old sets do not have, or have no more, the current ones may tell better.
                if (await source.CurrentAsync(reader, cancellationToken) == sets)
                {
                    throw;
                }
            }

            sets = await source.CurrentAsync(reader, cancellationToken);
        }

        throw new TimeoutException("Another publication came at every attempt to read one.");
    }

    /// <summary>Answers; false when the sets are not of the publication that is current now.</summary>
    private async Task<bool> TryAnswerAsync(HttpContext context, ODataForm form, PublishedSets sets, CancellationToken cancellationToken)
    {
        var (root, address) = (ODataRequest.Root(context.Request), ODataRequest.Address(context.Request));
        var request = ODataRequest.Parse(root, address, sets);
        var rows = RowQuery.Of(request, sets, Math.Min(form.PageSize ?? options.Value.PageSize, options.Value.MaxPageSize), time.GetUtcNow());
        await using var snapshot = await PublishedSnapshot.OpenAsync(
            dataSource,
            [.. rows.Relations.Select(relation => SqlName.Quote(relation.Schema, relation.Name))],
            query.Value.StatementTimeout,
            cancellationToken);
        if (snapshot.PublicationId != sets.Publication.Id)
        {
            return false;
        }

        long? count = null;
        if (rows.Count is { } counting)
        {
            await using var command = counting.Command(snapshot.Connection);
            count = (long?)await command.ExecuteScalarAsync(cancellationToken);
        }

        Describe(context.Response, form, sets.Publication);
        if (rows.Set.SavedQuery is { } saved)
        {
            var receipt = new Receipt(sets.Publication.Id, new QueryParameters { SavedQuery = saved }).ToString();
            context.Response.Headers["X-Receipt"] = receipt;
            await audit.EnterAsync(context.User, rows.Set.Metrics, new AnswerFacts(sets.Publication.Id, sets.Publication.PublishedAt, receipt, null), cancellationToken);
        }

        if (rows.Rows is null)
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(count!.Value.ToString(CultureInfo.InvariantCulture), cancellationToken);
            return true;
        }

        var body = await ReadAsync(context.Response, rows, count, form, root, address, sets, snapshot, cancellationToken);
        if (body is { } bytes)
        {
            context.Response.ContentType = form.ContentType;
            if (form.PageSize is { } preferred)
            {
                context.Response.Headers["Preference-Applied"] = $"{(form.Version == "4.0" ? "odata." : "")}maxpagesize={Math.Min(preferred, options.Value.MaxPageSize)}";
            }

            await context.Response.Body.WriteAsync(bytes, cancellationToken);
        }

        return true;
    }

    /// <summary>The page; null for a row that is not there, which the status says.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        HttpResponse response, RowQuery rows, long? count, ODataForm form, Uri root, Uri address, PublishedSets sets, PublishedSnapshot snapshot, CancellationToken cancellationToken)
    {
        await using var command = rows.Rows!.Command(snapshot.Connection);
        command.AllResultTypesAreUnknown = true;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new TextValues(reader);
        var buffer = new ArrayBufferWriter<byte>(4096);
        await using var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions);
        var writer = new RowWriter(json, values, form);
        if (rows.IsSingle)
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                throw ODataFault.NotFound($"{rows.Set.Name} has no such row.");
            }

            return One() ? buffer.WrittenMemory : null;
        }

        json.WriteStartObject();
        Context($"{rows.Set.Name}{rows.Shape.Context}");
        if (count is { } number)
        {
            json.WriteNumber("@odata.count", number);
        }

        json.WriteStartArray("value");
        var (read, last, more) = (0L, (string?[]?)null, false);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (read == rows.PageRows)
            {
                more = true;
                break;
            }

            writer.Object(rows.Shape);
            if (++read == rows.PageRows && rows.IsPaged && rows.OrderColumns > 0)
            {
                var first = rows.Shape.Columns.Count();
                last = [.. Enumerable.Range(first, rows.OrderColumns).Select(at => values.TryGet(at, out var value) ? Encoding.UTF8.GetString(value) : null)];
            }
        }

        json.WriteEndArray();
        if (more)
        {
            json.WriteString("@odata.nextLink", Next(address, new SkipToken(sets.Publication.Id, rows.Before + read, last)));
        }

        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return buffer.WrittenMemory;

        bool One()
        {
            json.WriteStartObject();
            if (rows.Property is { } property)
            {
                if (!values.TryGet(0, out var value))
                {
                    response.StatusCode = StatusCodes.Status204NoContent;
                    return false;
                }

                var path = Uri.UnescapeDataString(address.GetLeftPart(UriPartial.Path))[root.ToString().Length..];
                Context(path);
                json.WritePropertyName("value");
                writer.Value(value, rows.Shape.Properties[0].Column!.Kind);
            }
            else
            {
                var at = 0;
                Context($"{rows.Set.Name}{rows.Shape.Context}/$entity");
                writer.Properties(rows.Shape, ref at);
            }

            json.WriteEndObject();
            json.Flush();
            return true;
        }

        void Context(string fragment)
        {
            if (form.Metadata != "none")
            {
                json.WriteString("@odata.context", $"{root}$metadata#{fragment}");
            }
        }
    }

    /// <summary>The address with another token: all other options stay, so that the next page is of the same request.</summary>
    private static string Next(Uri address, SkipToken token)
    {
        var options = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(option => !Uri.UnescapeDataString(option.Split('=')[0]).TrimStart('$').Equals("skiptoken", StringComparison.OrdinalIgnoreCase))
            .Append($"$skiptoken={token}");
        return $"{address.GetLeftPart(UriPartial.Path)}?{string.Join('&', options)}";
    }

    private static void Describe(HttpResponse response, ODataForm form, Publication publication)
    {
        response.Headers["OData-Version"] = form.Version;
        response.Headers.LastModified = publication.PublishedAt.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "private, no-cache";
    }
}
