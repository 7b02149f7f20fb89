using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Platform.Api.Metrics;

/// <summary>What the OpenAPI document says about queries: their parameters are read by hand, so they are described by hand.</summary>
internal static class QueryDocumentation
{
    public const string Query =
        "Metrics, grouped and filtered. Every metric is computed from its own fact; several are put side by side on the group-by columns. " +
        "Numbers have all their digits. The answer is of exactly one publication, which it names. " +
        "Without `limit`, an answer of more than 10,000 rows is refused rather than cut.";

    private static readonly string[] ProblemMembers = ["type", "title", "detail", "parameter"];

    private static readonly (string Name, string Description, string? Example, bool Required)[] Parameters =
    [
        ("metrics", "Names of metrics, separated by commas (see /api/v1/metrics). Without any, the values of the group-by columns.", "revenue,gross_margin", false),
        ("group_by",
            "Columns: `metric_time__month`, dimensions as `customer__region`, entities as `customer`; by way of others as `order__customer__region`.",
            "metric_time__month,customer__region", false),
        ("where",
            "A condition on dimensions: comparison, `in`, `between`, `like`, `ilike`, `is null`, `is distinct from`, `case`, casts, arithmetic, functions " +
            "such as `lower`, `coalesce`, `date_trunc`, `and`, `or`, `not`. Dimensions stand plain or as `{{ Dimension('customer__region') }}`, metrics as " +
            "`{{ Metric('order_count', group_by=['customer']) }}`. May be repeated; all must hold.",
            "customer__region in ('DACH', 'Nordics')", false),
        ("grain", "Short for a first column `metric_time__<grain>`: second to year, or a grain of the project's calendars.", null, false),
        ("start", "First day of metric time, included: 2026-01-31, or 2026-01 or 2026 for their first day.", null, false),
        ("end", "Last day of metric time, included: 2026-01-31, or 2026-01 or 2026 for their last day.", null, false),
        ("order_by", "Columns to sort by; a leading minus sorts descending. Without it, by the group-by columns.", "-revenue", false),
        ("limit", "Rows to return, 1 to 1,000,000.", "100", false),
        ("format", "`json` (columns and rows), `records` (an array of objects), `csv`, `arrow` (IPC stream) or `parquet`. Without it, as the Accept header asks.", "json", false),
        ("saved_query", "Name of a saved query (see /api/v1/saved-queries), in place of metrics and columns.", null, false),
        ("csv_safe", "`true` puts a `'` before texts in CSV that a spreadsheet would take for a formula.", null, false),
        ("page_size", "Rows of a page, 1 to 100,000. The answer then names the cursor of the next page: `next_cursor`, `X-Next-Cursor`, `Link`.", null, false),
        ("cursor", "Cursor of a page, as the page before named it.", null, false),
    ];

    public static Task DescribeGet(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        DescribeParameters(operation, Parameters);
        DescribeAnswer(operation);
        return Task.CompletedTask;
    }

    public static Task DescribeSaved(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters =
        [
            .. operation.Parameters ?? [],
            .. AsParameters(Parameters.Where(parameter => parameter.Name is "where" or "start" or "end" or "order_by" or "limit" or "format" or "csv_safe" or "page_size" or "cursor")),
            .. AsParameters([("as_of", "A publication's number, or a time or day (UTC): what was reported then of months that are closed now or were then.", null, false)]),
        ];
        DescribeAnswer(operation);
        operation.Responses!["404"] = Problem("Nothing is kept that was reported then; what is kept is listed.");
        return Task.CompletedTask;
    }

    public static Task DescribeValues(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        DescribeParameters(
            operation,
            [
                ("dimension", "Dimensions or entities whose values are wanted; group_by means the same.", "customer__region", false),
                ("search", "Text that a value of the first column holds, in capitals or not.", null, false),
                .. Parameters.Where(parameter => parameter.Name is not ("grain" or "saved_query"))
                    .Select(parameter => parameter with { Required = false, Example = parameter.Name is "group_by" or "order_by" ? null : parameter.Example }),
            ]);
        DescribeAnswer(operation);
        return Task.CompletedTask;
    }

    public static Task DescribeExplain(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        DescribeParameters(operation, Parameters.Where(parameter => parameter.Name is not ("format" or "csv_safe" or "page_size" or "cursor")));
        operation.Responses = new OpenApiResponses
        {
            ["200"] = Json("The statement, its parameters and the facts that it reads.", new OpenApiSchema { Type = JsonSchemaType.Object }, null),
            ["400"] = Problem("The query cannot be answered; every fault is listed with its parameter, position and near matches."),
        };
        return Task.CompletedTask;
    }

    public static Task DescribeReceiptRows(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters =
        [
            .. operation.Parameters ?? [],
            .. AsParameters(
            [
                ("metric", "The value's column.", "revenue", true),
                ("is_null", "Group-by columns that are null in the value's row, separated by commas.", null, false),
                ("limit", "Rows of each fact, 1 to 1,000; 100 without it.", "100", false),
            ]),
        ];
        return Task.CompletedTask;
    }

    public static Task DescribeAdjustments(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters = [.. operation.Parameters ?? [], .. AsParameters([("saved_query", "The saved query whose numbers are compared.", "sales_by_month_and_region", true)])];
        return Task.CompletedTask;
    }

    public static Task DescribePost(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalPropertiesAllowed = false,
            Properties = Parameters.ToDictionary(parameter => parameter.Name, parameter => (IOpenApiSchema)new OpenApiSchema
            {
                Description = parameter.Description,
                Type = parameter.Name switch
                {
                    "metrics" or "group_by" or "where" or "order_by" => JsonSchemaType.Array,
                    "limit" or "page_size" => JsonSchemaType.Integer,
                    "csv_safe" => JsonSchemaType.Boolean,
                    _ => JsonSchemaType.String,
                },
                Items = parameter.Name is "metrics" or "group_by" or "where" or "order_by" ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
            }),
        };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new()
                {
                    Schema = schema,
                    Example = JsonNode.Parse(
                        """
                        {
                          "metrics": ["revenue", "gross_margin"],
                          "group_by": ["metric_time__month", "customer__region"],
                          "where": ["order__channel <> 'store'"],
                          "order_by": ["-revenue"],
                          "limit": 100
                        }
                        """),
                },
            },
        };
        DescribeAnswer(operation);
        return Task.CompletedTask;
    }

    private static void DescribeParameters(OpenApiOperation operation, IEnumerable<(string Name, string Description, string? Example, bool Required)> parameters) =>
        operation.Parameters = [.. AsParameters(parameters)];

    private static IEnumerable<IOpenApiParameter> AsParameters(IEnumerable<(string Name, string Description, string? Example, bool Required)> parameters) =>
        parameters.Select(parameter => new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Required = parameter.Required,
            Description = parameter.Description,
            Schema = new OpenApiSchema
            {
                Type = parameter.Name switch
                {
                    "limit" or "page_size" => JsonSchemaType.Integer,
                    "csv_safe" => JsonSchemaType.Boolean,
                    _ => JsonSchemaType.String,
                },
            },
            Example = parameter.Example is null ? null
                : parameter.Name == "limit" ? JsonNode.Parse(parameter.Example) : JsonValue.Create(parameter.Example),
        });

    private static void DescribeAnswer(OpenApiOperation operation)
    {
        var text = new OpenApiSchema { Type = JsonSchemaType.String };
        var nullableText = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null };
        var answer = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "columns", "rows", "receipt", "published" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["columns"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema> { ["name"] = text, ["type"] = text, ["unit"] = nullableText, ["label"] = nullableText },
                    },
                },
                ["rows"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Description = "A value in its column's type, or null." } },
                },
                ["receipt"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "For /api/v1/receipts/{id}." },
                ["next_cursor"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "Cursor of the next page; there with page_size, null on the last page." },
                ["published"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["publication_id"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
                        ["published_at"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
                        ["data_date_from"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "date" },
                        ["data_date_to"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "date" },
                    },
                },
            },
        };
        var ok = Json("The answer.", answer, JsonNode.Parse(
            """
            {
              "columns": [
                { "name": "metric_time__month", "type": "date", "unit": null, "label": null },
                { "name": "revenue", "type": "decimal", "unit": "EUR", "label": "Revenue" }
              ],
              "rows": [["2026-01-01", 1240310.55], ["2026-02-01", 1198022.10]],
              "receipt": "12.q1ZKLUssSs1V0lEqSCwuBgA",
              "published": {
                "publication_id": 12,
                "published_at": "2026-03-01T02:04:11Z",
                "data_date_from": "2026-01-30",
                "data_date_to": "2026-02-28"
              }
            }
            """));
        ok.Content!["text/csv"] = new OpenApiMediaType { Schema = text, Example = JsonValue.Create("metric_time__month,revenue\n2026-01-01,1240310.55\n") };
        var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        ok.Content["application/vnd.apache.arrow.stream"] = new OpenApiMediaType { Schema = bytes };
        ok.Content["application/vnd.apache.parquet"] = new OpenApiMediaType { Schema = bytes };
        operation.Responses = new OpenApiResponses
        {
            ["200"] = ok,
            ["304"] = new OpenApiResponse { Description = "The answer that the reader has (If-None-Match, If-Modified-Since) is still the answer." },
            ["406"] = Problem("None of the types in Accept is offered."),
            ["410"] = Problem("The cursor is of a publication that is not the current one any more."),
            ["400"] = Problem("The query cannot be answered; every fault is listed with its parameter, position and near matches."),
            ["503"] = Problem("Nothing is published yet, or the database does not answer."),
            ["504"] = Problem("The query takes longer than it may."),
        };
    }

    private static OpenApiResponse Json(string description, IOpenApiSchema schema, JsonNode? example) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema, Example = example } },
    };

    private static OpenApiResponse Problem(string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = ProblemMembers.ToDictionary(name => name, _ => (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.String }),
                },
            },
        },
    };
}
