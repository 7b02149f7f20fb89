using System.Text;
using System.Text.Json;
using System.Xml;
using Microsoft.OData.Edm.Csdl;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Metrics.Formats;
using Platform.Api.OData.Model;
using Platform.Metrics.Catalogue;

namespace Platform.Api.OData;

/// <summary><c>/odata</c>: service document, metadata, rows, errors.</summary>
internal static class ODataEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/odata/{**path}", (Delegate)AnswerAsync).For(ReaderRoles.Viewer).ExcludeFromDescription();

    private static async Task AnswerAsync(HttpContext context, string? path, SetSource sets, ODataAnswers answers)
    {
        try
        {
            var reader = SetReader.Of(context.User);
            switch (path?.TrimEnd('/'))
            {
                case null or "":
                    await ServiceAsync(context, ODataForm.Of(context.Request), await sets.CurrentAsync(reader, context.RequestAborted));
                    break;
                case "$metadata":
                    await MetadataAsync(context, await sets.CurrentAsync(reader, context.RequestAborted));
                    break;
                default:
                    await answers.AnswerAsync(context, ODataForm.Of(context.Request), reader);
                    break;
            }
        }
        catch (Exception exception) when (Fault(exception) is { } fault && !context.Response.HasStarted)
        {
            await ErrorAsync(context, fault);
        }
    }

    private static async Task ServiceAsync(HttpContext context, ODataForm form, PublishedSets sets)
    {
        var root = ODataRequest.Root(context.Request);
        context.Response.Headers["OData-Version"] = form.Version;
        context.Response.ContentType = form.ContentType;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, JsonFormat.WriterOptions);
        json.WriteStartObject();
        if (form.Metadata != "none")
        {
            json.WriteString("@odata.context", $"{root}$metadata");
        }

        json.WriteStartArray("value");
        foreach (var set in sets.Sets.Values.OrderBy(set => set.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", set.Name);
            json.WriteString("kind", "EntitySet");
            json.WriteString("url", set.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static async Task MetadataAsync(HttpContext context, PublishedSets sets)
    {
        var response = context.Response;
        var format = context.Request.Query["$format"].FirstOrDefault() ?? context.Request.Headers.Accept.ToString();
        using var body = new MemoryStream();
        if (format.Contains("json", StringComparison.OrdinalIgnoreCase) && !format.Contains("xml", StringComparison.OrdinalIgnoreCase))
        {
            await using var json = new Utf8JsonWriter(body);
            CsdlWriter.TryWriteCsdl(sets.Model, json, out _);
            response.ContentType = "application/json;charset=utf-8";
        }
        else
        {
            await using var xml = XmlWriter.Create(body, new XmlWriterSettings { Async = true, Encoding = new UTF8Encoding(false) });
            CsdlWriter.TryWriteCsdl(sets.Model, xml, CsdlTarget.OData, out _);
            await xml.FlushAsync();
            response.ContentType = "application/xml;charset=utf-8";
        }

        response.Headers.CacheControl = "private, no-cache";
        response.Headers["OData-Version"] = context.Request.Headers["OData-MaxVersion"].ToString().Trim() == "4.0" ? "4.0" : "4.01";
        response.Headers.LastModified = sets.Publication.PublishedAt.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        await response.Body.WriteAsync(body.ToArray(), context.RequestAborted);
    }

    /// <summary>What went wrong, in OData's words; null for what is no fault of request, data or infrastructure.</summary>
    private static ODataFault? Fault(Exception exception) => exception switch
    {
        ODataFault fault => fault,
        NothingPublishedException or CatalogueException => new ODataFault(StatusCodes.Status503ServiceUnavailable, "nothing-published", exception.Message),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => new ODataFault(
            StatusCodes.Status504GatewayTimeout, "query-timeout", "The query takes longer than it may (Query:StatementTimeout). Ask for fewer rows with $filter, or for groups with $apply."),

        // Values that do not fit (a division by zero, a text that is no number), and operands that do not go together.
        PostgresException { SqlState: ['2', '2', ..] or ['4', '2', ..] or ['5', '4', ..] } postgres => ODataFault.Bad(
            $"The database cannot compute this: {postgres.MessageText} ({postgres.SqlState})."),
        NpgsqlException or TimeoutException => new ODataFault(
            StatusCodes.Status503ServiceUnavailable, "warehouse-unavailable", "The database cannot be reached; nothing is wrong with the request. Try again in a few seconds."),
        _ => null,
    };

    private static async Task ErrorAsync(HttpContext context, ODataFault fault)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = fault.Status;
        response.Headers["OData-Version"] = "4.0";
        if (fault.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "5";
        }

        response.ContentType = "application/json;charset=utf-8";
        await using var json = new Utf8JsonWriter(response.BodyWriter, JsonFormat.WriterOptions);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("code", fault.Code);
        json.WriteString("message", fault.Message);
        if (fault.Target is { } target)
        {
            json.WriteString("target", target);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
