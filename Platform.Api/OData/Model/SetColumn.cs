using Microsoft.OData.Edm;

namespace Platform.Api.OData.Model;

/// <summary>A property of an entity set.</summary>
/// <param name="Name">Its name, and its column's.</param>
/// <param name="Kind">Its type; what OData has no type for is <c>Edm.String</c>, as PostgreSQL writes it.</param>
/// <param name="PostgresType">The column's type without its modifier.</param>
/// <param name="IsNullable">Whether it may be null.</param>
internal sealed record SetColumn(string Name, EdmPrimitiveTypeKind Kind, string PostgresType, bool IsNullable)
{
    public int? Precision { get; init; }

    /// <summary>Digits behind the point of a decimal; null when they vary.</summary>
    public int? Scale { get; init; }

    public string? Description { get; init; }

    public IEdmTypeReference TypeReference
    {
        get
        {
            var core = EdmCoreModel.Instance;
            return Kind switch
            {
                EdmPrimitiveTypeKind.Decimal => new EdmDecimalTypeReference(core.GetPrimitiveType(Kind), IsNullable, Precision, Scale),
                EdmPrimitiveTypeKind.DateTimeOffset or EdmPrimitiveTypeKind.TimeOfDay => core.GetTemporal(Kind, 6, IsNullable),
                EdmPrimitiveTypeKind.String => core.GetString(IsNullable),
                _ => core.GetPrimitive(Kind, IsNullable),
            };
        }
    }

    /// <summary>The property of a column of the catalogue.</summary>
    /// <param name="name">The column.</param>
    /// <param name="type">Its type as <c>format_type</c> names it, without modifier.</param>
    /// <param name="modifier"><c>atttypmod</c>: of numeric, precision and scale; -1 for none.</param>
    /// <param name="isNullable">Whether it may be null.</param>
    public static SetColumn Of(string name, string type, int modifier, bool isNullable)
    {
        var column = new SetColumn(name, KindOf(type), type, isNullable);
        return type == "numeric" && modifier >= 4
            ? column with { Precision = ((modifier - 4) >> 16) & 0xFFFF, Scale = (modifier - 4) & 0x7FF }
            : column;
    }

    private static EdmPrimitiveTypeKind KindOf(string type) => type switch
    {
        "smallint" => EdmPrimitiveTypeKind.Int16,
        "integer" => EdmPrimitiveTypeKind.Int32,
        "bigint" => EdmPrimitiveTypeKind.Int64,
        "numeric" => EdmPrimitiveTypeKind.Decimal,
        "real" => EdmPrimitiveTypeKind.Single,
        "double precision" => EdmPrimitiveTypeKind.Double,
        "boolean" => EdmPrimitiveTypeKind.Boolean,
        "date" => EdmPrimitiveTypeKind.Date,
        "timestamp without time zone" or "timestamp with time zone" => EdmPrimitiveTypeKind.DateTimeOffset,
        "time without time zone" => EdmPrimitiveTypeKind.TimeOfDay,
        "uuid" => EdmPrimitiveTypeKind.Guid,
        _ => EdmPrimitiveTypeKind.String,
    };
}
