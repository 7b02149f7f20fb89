using Microsoft.OData.Edm;

namespace Platform.Api.OData.Sql;

/// <summary>The types of expressions in SQL.</summary>
internal static class SqlTypes
{
    /// <summary>The kind of a type reference; text for what is no primitive.</summary>
    public static EdmPrimitiveTypeKind Kind(IEdmTypeReference? type) =>
        type?.Definition is IEdmPrimitiveType primitive ? primitive.PrimitiveKind : EdmPrimitiveTypeKind.String;

    public static string Name(EdmPrimitiveTypeKind kind) => kind switch
    {
        EdmPrimitiveTypeKind.Byte or EdmPrimitiveTypeKind.SByte or EdmPrimitiveTypeKind.Int16 or EdmPrimitiveTypeKind.Int32 or EdmPrimitiveTypeKind.Int64 => "bigint",
        EdmPrimitiveTypeKind.Decimal => "numeric",
        EdmPrimitiveTypeKind.Single or EdmPrimitiveTypeKind.Double => "double precision",
        EdmPrimitiveTypeKind.Boolean => "boolean",
        EdmPrimitiveTypeKind.Date => "date",
        EdmPrimitiveTypeKind.DateTimeOffset => "timestamptz",
        EdmPrimitiveTypeKind.TimeOfDay => "time",
        EdmPrimitiveTypeKind.Duration => "interval",
        EdmPrimitiveTypeKind.Guid => "uuid",
        _ => "text",
    };

    public static bool IsNumber(EdmPrimitiveTypeKind kind) => Name(kind) is "bigint" or "numeric" or "double precision";
}
