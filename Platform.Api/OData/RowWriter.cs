using System.Text.Json;
using Microsoft.OData.Edm;
using Platform.Api.Metrics.Formats;
using Platform.Api.OData.Sql;
using Platform.Api.Warehouse;

namespace Platform.Api.OData;

/// <summary>Writes rows as OData's JSON.</summary>
/// <param name="json">Where to.</param>
/// <param name="values">The current row's values.</param>
/// <param name="form">How the reader wants it.</param>
internal sealed class RowWriter(Utf8JsonWriter json, TextValues values, ODataForm form)
{
    public void Object(RowShape shape)
    {
        json.WriteStartObject();
        var at = 0;
        Properties(shape, ref at);
        json.WriteEndObject();
    }

    /// <summary>The properties of the current row, from this column on, into an object that was begun.</summary>
    public void Properties(RowShape shape, ref int at)
    {
        foreach (var property in shape.Properties)
        {
            if (property.Nested is { } nested)
            {
                json.WritePropertyName(property.Name);
                Nested(property, nested, ref at);
                continue;
            }

            var column = property.Column!;
            var known = values.TryGet(at++, out var value);
            if (column.IsDynamic && known && form.Metadata != "none" && Annotation(column.Kind) is { } type)
            {
                json.WriteString($"{property.Name}@odata.type", type);
            }

            json.WritePropertyName(property.Name);
            if (known)
            {
                Value(value, column.Kind);
            }
            else
            {
                json.WriteNullValue();
            }
        }
    }

    public void Value(ReadOnlySpan<byte> value, EdmPrimitiveTypeKind kind)
    {
        switch (kind)
        {
            case EdmPrimitiveTypeKind.Single or EdmPrimitiveTypeKind.Double when value[^1] is (byte)'N' or (byte)'y':
                json.WriteStringValue(value[^1] == 'N' ? "NaN"u8 : value[0] == '-' ? "-INF"u8 : "INF"u8);
                break;
            case EdmPrimitiveTypeKind.Decimal or EdmPrimitiveTypeKind.Date or EdmPrimitiveTypeKind.DateTimeOffset when value[^1] is (byte)'N' or (byte)'y':
                // Neither a decimal nor a time of OData can be infinite.
                json.WriteNullValue();
                break;
            case EdmPrimitiveTypeKind.Decimal or EdmPrimitiveTypeKind.Int64 when form.NumbersAsStrings:
                json.WriteStringValue(value);
                break;
            case var _ when SqlTypes.IsNumber(kind):
                json.WriteRawValue(value, skipInputValidation: true);
                break;
            case EdmPrimitiveTypeKind.Boolean:
                json.WriteBooleanValue(value[0] == 't');
                break;
            case EdmPrimitiveTypeKind.DateTimeOffset when value.Length < 40:
                Span<byte> time = stackalloc byte[40];
                json.WriteStringValue(time[..JsonValue.Time(value, time)]);
                break;
            default:
                json.WriteStringValue(value);
                break;
        }
    }

    private void Nested(ShapedProperty property, RowShape nested, ref int at)
    {
        if (property.Column is not null && !values.TryGet(at++, out _))
        {
            json.WriteNullValue();
            at += nested.Columns.Count();
            return;
        }

        json.WriteStartObject();
        Properties(nested, ref at);
        json.WriteEndObject();
    }

    /// <summary>The type of a value that neither $metadata nor its form in JSON tells.</summary>
    private static string? Annotation(EdmPrimitiveTypeKind kind) =>
        kind is EdmPrimitiveTypeKind.String or EdmPrimitiveTypeKind.Boolean or EdmPrimitiveTypeKind.Double ? null : $"#{kind}";
}
