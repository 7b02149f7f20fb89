using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>JSON as dbt writes it: compact, keys in the order given, times in UTC with microseconds.</summary>
internal static class ArtifactJson
{
    private const int LongText = 4096;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Utf8JsonWriter Open(Stream stream) => new(stream, Options);

    /// <summary>The JSON text of a value.</summary>
    public static string Serialize(object? value) => Serialize(value, Options);

    /// <summary>The same as Python writes it on one line, with a space after each comma and colon.</summary>
    public static string SerializeSpaced(object? value) =>
        // Line breaks within texts are escaped: what is left are those between values.
        Serialize(value, Options with { Indented = true, IndentSize = 0, NewLine = "\n" })
            .Replace(",\n", ", ", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    private static string Serialize(object? value, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            Write(json, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string Timestamp(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Python's isoformat() of an instant in UTC.</summary>
    public static string IsoFormat(DateTimeOffset instant)
    {
        var format = instant.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'+00:00'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'";
        return instant.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Seconds since 1970, as dbt's <c>created_at</c>.</summary>
    public static double UnixSeconds(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).TotalMicroseconds / 1e6;

    /// <summary>Plain .NET data, Jinja values and JSON nodes.</summary>
    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string { Length: > LongText } text:
                WriteLong(json, text);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case BigInteger number:
                json.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case Value jinja:
                Write(json, jinja.ToClr());
                break;
            case JsonNode node:
                node.WriteTo(json);
                break;
            case IEnumerable<KeyValuePair<string, object?>> map:
                WriteMap(json, map);
                break;
            case IDictionary map:
                WriteMap(json, map.Keys.Cast<object>().Select(key => KeyValuePair.Create(Text(key), map[key])));
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Text(value));
                break;
        }
    }

    public static void Write(Utf8JsonWriter json, string name, object? value)
    {
        json.WritePropertyName(name);
        Write(json, value);
    }

    /// <summary>The writer takes six times the space of a text to escape it: of a long one a piece at a time.</summary>
    private static void WriteLong(Utf8JsonWriter json, string text)
    {
        for (var at = 0; at < text.Length; at += LongText)
        {
            json.WriteStringValueSegment(text.AsSpan(at, Math.Min(LongText, text.Length - at)), isFinalSegment: at + LongText >= text.Length);
        }
    }

    private static void WriteMap(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> map)
    {
        json.WriteStartObject();
        foreach (var (key, item) in map)
        {
            Write(json, key, item);
        }

        json.WriteEndObject();
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
