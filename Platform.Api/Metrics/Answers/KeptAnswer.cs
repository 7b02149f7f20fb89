using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Net.Http.Headers;

namespace Platform.Api.Metrics.Answers;

/// <summary>A whole answer as it is sent, before compression.</summary>
/// <param name="Body">Its bytes.</param>
/// <param name="Facts">What its headers say.</param>
[ImmutableObject(true)]
internal sealed record KeptAnswer(byte[] Body, AnswerFacts Facts);

/// <param name="PublicationId">The publication that it is of.</param>
/// <param name="PublishedAt">When that was published.</param>
/// <param name="Receipt">Its receipt.</param>
/// <param name="NextCursor">Cursor of the next page; null when there is none.</param>
internal sealed record AnswerFacts(long PublicationId, DateTimeOffset PublishedAt, string Receipt, string? NextCursor)
{
    /// <summary>When it was published, as a header says it.</summary>
    [JsonIgnore]
    public string LastModified { get; } = HeaderUtilities.FormatDate(PublishedAt);
}

/// <summary>The form in which answers are kept beyond the process, and by which the cache knows their size.</summary>
internal sealed class KeptAnswerSerializer : IHybridCacheSerializer<KeptAnswer>
{
    public void Serialize(KeptAnswer value, IBufferWriter<byte> target)
    {
        var facts = JsonSerializer.SerializeToUtf8Bytes(value.Facts);
        target.Write(System.Text.Encoding.ASCII.GetBytes(facts.Length.ToString("D8", CultureInfo.InvariantCulture)));
        target.Write(facts);
        target.Write(value.Body);
    }

    public KeptAnswer Deserialize(ReadOnlySequence<byte> source)
    {
        ReadOnlySpan<byte> bytes = source.ToArray();
        var length = int.Parse(bytes[..8], CultureInfo.InvariantCulture);
        return new KeptAnswer(bytes[(8 + length)..].ToArray(), JsonSerializer.Deserialize<AnswerFacts>(bytes.Slice(8, length))!);
    }
}
