using System.Text.Json;
using Microsoft.OpenApi;
using Platform.Api.Access;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Query;
using Scalar.AspNetCore;

namespace Platform.Api;

/// <summary>The OpenAPI document, the page that shows it, and how JSON and problems look everywhere.</summary>
internal static class ApiReference
{
    private const string Document = "v1";

    public static IHostApplicationBuilder AddApiReference(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi(Document, options =>
        {
            options.AddOperationTransformer((operation, _, _) =>
            {
                Exemplify(operation);
                return Task.CompletedTask;
            });
            options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document);
                return Task.CompletedTask;
            });
        });
        return builder;
    }

    public static void MapApiReference(this WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference(options =>
        {
            options.WithTitle("Platform API");
            options.WithOpenApiRoutePattern("/openapi/{documentName}.json");

            // Everything from this server: no fonts, no proxy and no telemetry elsewhere.
            options.DefaultFonts = false;
            options.ProxyUrl = null;
            options.Telemetry = false;
            options.HideDeveloperTools().DisableAgent().DisableMcp().HideClientButton();
        });
    }

    /// <summary>Names in paths are tried out with these.</summary>
    private static void Exemplify(OpenApiOperation operation)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path))
        {
            parameter.Example ??= (operation.OperationId, parameter.Name) switch
            {
                ("Receipt" or "ReceiptRows", _) => new Receipt(1, new QueryParameters { Metrics = ["revenue"] }).ToString(),
                (_, "set") => "fct_orders",
                ("GetMetric" or "Lineage", _) => "revenue",
                ("GetSavedQuery" or "AskSavedQuery", _) => "sales_by_month_and_region",
                (_, "month") => "2026-01",
                _ => null,
            };
        }
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Platform API",
            Version = "1",
            Description =
                "Certified metrics of sales, operations and finance. Ask `/api/v1/metrics` what there is, `/api/v1/query` for numbers, " +
                "`/api/v1/freshness` how new they are, `/odata` (OData 4.01) for the rows of the marts. Errors are problem details (RFC 9457) that name the parameter, the position and near matches.",
            License = new OpenApiLicense { Name = "MIT" },
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [ApiKeyHandler.SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.Header,
                Description = "Not needed on loopback in Development. Also taken as the password of HTTP Basic.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyHandler.SchemeName, document)] = [] }];
    }
}
