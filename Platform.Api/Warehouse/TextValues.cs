using Npgsql;

namespace Platform.Api.Warehouse;

/// <summary>
/// Values of a reader whose result types are unknown, as the bytes that PostgreSQL wrote: no text is made of them that would only be
/// turned into bytes again.
/// </summary>
internal sealed class TextValues(NpgsqlDataReader reader)
{
    private byte[] buffer = new byte[512];

    /// <summary>The current row's value, valid until the next one is asked for; false for null.</summary>
    public bool TryGet(int column, out ReadOnlySpan<byte> value)
    {
        if (reader.IsDBNull(column))
        {
            value = default;
            return false;
        }

        var length = (int)reader.GetBytes(column, 0, buffer, 0, buffer.Length);
        if (length == buffer.Length)
        {
            // There may be more of it.
            var whole = (int)reader.GetBytes(column, 0, null, 0, 0);
            if (whole > buffer.Length)
            {
                buffer = new byte[Math.Max(whole + 1, 2 * buffer.Length)];
                length = (int)reader.GetBytes(column, 0, buffer, 0, whole);
            }
        }

        value = buffer.AsSpan(0, length);
        return true;
    }
}
