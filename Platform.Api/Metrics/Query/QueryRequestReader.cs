using System.Collections.Immutable;
using System.Text.Json;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Query;

/// <summary>Takes a query's parameters from an address or from a JSON body. A parameter that is not known is refused, not ignored.</summary>
internal static class QueryRequestReader
{
    /// <summary>Bytes of a JSON body.</summary>
    public const int MaxBody = 1024 * 1024;

    private static readonly string[] Known =
    [
        "metrics", "saved_query", "group_by", "where", "grain", "start", "end", "order_by", "limit", "format", "csv_safe", "page_size", "cursor",
    ];

    /// <summary>Parameters of a request for values: those of a query, <c>dimension</c> for its columns, and <c>search</c>.</summary>
    /// <exception cref="QueryException">There is a parameter that no such request has.</exception>
    public static QueryRequest ReadValues(IQueryCollection query)
    {
        var request = Read(query, [.. Known, "dimension", "search"]);
        return request with
        {
            Query = request.Query with { ValuesOnly = true, GroupBy = [.. All(query, "dimension"), .. request.Query.GroupBy], Search = One(query, "search") },
        };
    }

    /// <exception cref="QueryException">There is a parameter that no query has.</exception>
    public static QueryRequest Read(IQueryCollection query) => Read(query, Known);

    private static QueryRequest Read(IQueryCollection query, string[] known)
    {
        var faults = query.Keys.Where(key => !known.Contains(key)).Select(key => Unknown(key, known)).ToArray();
        if (faults.Length > 0)
        {
            throw new QueryException(faults);
        }

        var parameters = new QueryParameters
        {
            SavedQuery = One(query, "saved_query"),
            Metrics = All(query, "metrics"),
            GroupBy = All(query, "group_by"),
            Where = All(query, "where"),
            Grain = One(query, "grain"),
            Start = One(query, "start"),
            End = One(query, "end"),
            OrderBy = All(query, "order_by"),
            Limit = One(query, "limit"),
        };
        return new QueryRequest(parameters)
        {
            Format = One(query, "format"),
            CsvSafe = One(query, "csv_safe"),
            PageSize = One(query, "page_size"),
            Cursor = One(query, "cursor"),
        };
    }

    /// <exception cref="QueryException">The body is no JSON object, or has a member that no query has.</exception>
    public static async Task<QueryRequest> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(body, default, cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new QueryException(new QueryFault(
                "body",
                $"The body is no JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}. " +
                """Expected an object such as {"metrics": ["revenue"], "group_by": ["metric_time__month"]}."""));
        }

        using (document)
        {
            try
            {
                return Read(document.RootElement);
            }
            catch (InvalidOperationException)
            {
                // JSON may escape half of a surrogate pair, which is no text.
                throw new QueryException(new QueryFault("body", "The body has a text that is no Unicode: half of a surrogate pair, such as \\ud800."));
            }
        }
    }

    private static QueryRequest Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new QueryException(new QueryFault("body", $"The body is a JSON {root.ValueKind}; expected an object with the member metrics."));
        }

        var faults = new List<QueryFault>();
        faults.AddRange(root.EnumerateObject().Where(member => !Known.Contains(member.Name)).Select(member => Unknown(member.Name, Known)));
        var parameters = new QueryParameters
        {
            SavedQuery = Text(root, "saved_query", faults),
            Metrics = Texts(root, "metrics", faults),
            GroupBy = Texts(root, "group_by", faults),
            Where = Texts(root, "where", faults),
            Grain = Text(root, "grain", faults),
            Start = Text(root, "start", faults),
            End = Text(root, "end", faults),
            OrderBy = Texts(root, "order_by", faults),
            Limit = Text(root, "limit", faults),
        };
        var request = new QueryRequest(parameters)
        {
            Format = Text(root, "format", faults),
            CsvSafe = Text(root, "csv_safe", faults),
            PageSize = Text(root, "page_size", faults),
            Cursor = Text(root, "cursor", faults),
        };
        return faults.Count == 0 ? request : throw new QueryException(faults);
    }

    private static QueryFault Unknown(string name, string[] known) =>
        new(name, $"'{name}' is no parameter of a query; known are {string.Join(", ", known)}.", DidYouMean: NearMatches.Of(name, known));

    private static ImmutableArray<string> All(IQueryCollection query, string name) => [.. query[name].OfType<string>()];

    private static string? One(IQueryCollection query, string name) => query[name] switch
    {
        { Count: > 1 } => throw new QueryException(new QueryFault(name, $"'{name}' is given {query[name].Count} times; once is expected.")),
        var values => values.FirstOrDefault(),
    };

    private static ImmutableArray<string> Texts(JsonElement root, string name, List<QueryFault> faults)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return [value.GetString()!];
        }

        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        faults.Add(new QueryFault(name, $"'{name}' is expected to be a text or a list of texts."));
        return [];
    }

    private static string? Text(JsonElement root, string name, List<QueryFault> faults)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return value.GetString();
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                return value.GetRawText();
            default:
                faults.Add(new QueryFault(name, $"'{name}' is expected to be one text or number."));
                return null;
        }
    }
}
