using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

/// <summary>
/// Tells answers apart: two requests with the same text get the same bytes from the same publication. Made of all the query's parameters, so that
/// one that is added later cannot be forgotten here.
/// </summary>
internal static class AnswerIdentity
{
    private const int FingerprintBytes = 9;

    /// <summary>The query's parameters in the one way to write them.</summary>
    public static byte[] Canonical(QueryParameters parameters) => JsonSerializer.SerializeToUtf8Bytes(
        parameters with
        {
            Metrics = QueryReader.Names(parameters.Metrics),
            GroupBy = QueryReader.Names(parameters.GroupBy),
            OrderBy = QueryReader.Names(parameters.OrderBy),
            Where = parameters.Where.Select(condition => condition.Trim()).Where(condition => condition.Length > 0).ToImmutableArray(),
            Grain = Trimmed(parameters.Grain),
            Start = Trimmed(parameters.Start),
            End = Trimmed(parameters.End),
            Limit = Trimmed(parameters.Limit),
        },
        AnswerIdentityJson.Default.QueryParameters);

    /// <summary>A short text that differs where the queries differ.</summary>
    public static string Fingerprint(byte[] canonical) => Base64Url.EncodeToString(SHA256.HashData(canonical).AsSpan(0, FingerprintBytes));

    /// <summary>The answer's identity within a publication.</summary>
    /// <param name="canonical">The query.</param>
    /// <param name="form">Format and what else decides how the answer is written.</param>
    /// <param name="policy">What the caller may see.</param>
    public static string Of(byte[] canonical, string form, string policy)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(canonical);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"\0{form}\0{policy}"));
        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QueryParameters))]
internal sealed partial class AnswerIdentityJson : JsonSerializerContext;
