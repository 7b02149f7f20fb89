using System.Buffers.Text;
using System.IO.Compression;
using System.Text.Json;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Query;

/// <summary>
/// Names an answer: the publication and the query themselves, packed, so that nobody has to keep receipts for them to be looked up later.
/// </summary>
internal sealed record Receipt(long PublicationId, QueryParameters Parameters)
{
    // A receipt is read from the address; what it unpacks to is bounded like any query.
    private const int MaxUnpacked = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public override string ToString()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal))
        {
            JsonSerializer.Serialize(deflate, Parameters, Json);
        }

        return $"{PublicationId}.{Base64Url.EncodeToString(packed.ToArray())}";
    }

    /// <summary>The receipt that the text names; null when it names none.</summary>
    public static Receipt? Parse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !long.TryParse(text.AsSpan(0, dot), out var publication) || !Base64Url.IsValid(text.AsSpan(dot + 1)))
        {
            return null;
        }

        try
        {
            using var deflate = new DeflateStream(new MemoryStream(Base64Url.DecodeFromChars(text.AsSpan(dot + 1))), CompressionMode.Decompress);
            var unpacked = new byte[MaxUnpacked];
            var length = deflate.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
            return JsonSerializer.Deserialize<QueryParameters>(unpacked.AsSpan(0, length), Json) is { } parameters
                ? new Receipt(publication, parameters)
                : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            return null;
        }
    }
}
