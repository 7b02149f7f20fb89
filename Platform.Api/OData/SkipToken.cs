using System.Buffers.Text;
using System.Text.Json;

namespace Platform.Api.OData;

/// <summary>Where a page begins: after so many rows, and when rows have a key, after the row with these values of what they are sorted by.</summary>
/// <param name="PublicationId">The publication of the pages before, with which this one must be put together.</param>
/// <param name="Rows">Rows before it.</param>
/// <param name="After">Values of the last row before it, as PostgreSQL writes them; null when rows are only counted.</param>
internal sealed record SkipToken(long PublicationId, long Rows, string?[]? After)
{
    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    /// <exception cref="ODataFault">The text is no token, or none for so many values.</exception>
    public static SkipToken Parse(string text, int values)
    {
        try
        {
            if (Base64Url.IsValid(text)
                && JsonSerializer.Deserialize<SkipToken>(Base64Url.DecodeFromChars(text)) is { Rows: >= 0 } token
                && (token.After is null || token.After.Length == values))
            {
                return token;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw ODataFault.Bad("The token is not one of this service for this request; follow the @odata.nextLink of the page before as it is.", "$skiptoken");
    }
}
