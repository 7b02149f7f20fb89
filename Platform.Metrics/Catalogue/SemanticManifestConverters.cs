using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Metrics.Catalogue;

/// <summary>A filter is an object of <c>where_filters</c>; hand-written manifests have its short form, one string or a list of them.</summary>
internal sealed class FilterEntryConverter : JsonConverter<FilterEntry>
{
    public override FilterEntry? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => Of([reader.GetString()!]),
        JsonTokenType.StartArray => Of(JsonSerializer.Deserialize<string[]>(ref reader, options)!),
        _ => JsonSerializer.Deserialize<FilterEntry>(ref reader, options),
    };

    public override void Write(Utf8JsonWriter writer, FilterEntry value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options);

    private static FilterEntry Of(string[] templates) => new([.. templates.Select(template => new WhereFilterEntry(template))]);
}

/// <summary>A window is <c>{"count": 7, "granularity": "day"}</c> or its YAML form, <c>"7 days"</c>.</summary>
internal sealed class WindowEntryConverter : JsonConverter<WindowEntry>
{
    public override WindowEntry? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return JsonSerializer.Deserialize<WindowEntry>(ref reader, options);
        }

        var text = reader.GetString()!;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new WindowEntry(count, parts[1])
            : throw new JsonException($"'{text}' is no window: expected a count and a grain, such as '7 days'.");
    }

    public override void Write(Utf8JsonWriter writer, WindowEntry value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options);
}

/// <summary>A measure as an object or, in short, as its name.</summary>
internal sealed class MeasureInputEntryConverter : JsonConverter<MeasureInputEntry>
{
    public override MeasureInputEntry? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new MeasureInputEntry(reader.GetString()!)
            : JsonSerializer.Deserialize<MeasureInputEntry>(ref reader, options);

    public override void Write(Utf8JsonWriter writer, MeasureInputEntry value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options);
}

/// <summary>A metric as an object or, in short, as its name.</summary>
internal sealed class MetricInputEntryConverter : JsonConverter<MetricInputEntry>
{
    public override MetricInputEntry? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new MetricInputEntry(reader.GetString()!)
            : JsonSerializer.Deserialize<MetricInputEntry>(ref reader, options);

    public override void Write(Utf8JsonWriter writer, MetricInputEntry value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options);
}
