using System.Text.Json;
using Platform.Api.Metrics.Catalogue;

namespace Platform.Api.Metrics.Formats;

/// <summary>Values as PostgreSQL writes them, as JSON: numbers with all their digits, dates and times in ISO 8601.</summary>
internal static class JsonValue
{
    public static void Write(Utf8JsonWriter writer, string? value, DataType type)
    {
        switch (type)
        {
            case var _ when value is null:
                writer.WriteNullValue();
                break;
            case DataType.Integer or DataType.Decimal or DataType.Double:
                WriteNumber(writer, value);
                break;
            case DataType.Boolean:
                writer.WriteBooleanValue(value == "t");
                break;
            default:
                writer.WriteStringValue(Text(value, type));
                break;
        }
    }

    /// <summary>The value as text; times get the T and the Z of ISO 8601.</summary>
    public static string Text(string value, DataType type) => type switch
    {
        DataType.Timestamp or DataType.TimestampTz => value.Replace(' ', 'T').Replace("+00", "", StringComparison.Ordinal) + "Z",
        DataType.Boolean => value == "t" ? "true" : "false",
        _ => value,
    };

    private static void WriteNumber(Utf8JsonWriter writer, string value)
    {
        // JSON has no NaN and no infinity.
        if (value is "NaN" or "Infinity" or "-Infinity")
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(value, skipInputValidation: true);
        }
    }
}
