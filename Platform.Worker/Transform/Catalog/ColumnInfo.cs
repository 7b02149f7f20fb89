namespace Platform.Worker.Transform.Catalog;

/// <summary>A column of a relation as the server has it. <see cref="Type"/> is the type's name without length or precision.</summary>
internal sealed record ColumnInfo(string Name, string Type, int? CharacterLength = null, int? NumericPrecision = null, int? NumericScale = null)
{
    public bool IsString => Type is "text" or "character varying" or "character" or "varchar";

    public bool IsNumeric => Type is "numeric" or "decimal";

    public bool IsInteger => Type is "smallint" or "integer" or "bigint" or "smallserial" or "serial" or "bigserial"
        or "int2" or "int4" or "int8" or "serial2" or "serial4" or "serial8";

    public bool IsFloat => Type is "real" or "float4" or "float" or "double precision" or "float8" or "double";

    /// <summary>The type with its length or precision, as DDL needs it.</summary>
    public string DataType => this switch
    {
        { IsString: true, Type: not "text", CharacterLength: { } length } => $"{Type}({length})",
        { IsNumeric: true, NumericPrecision: { } precision } => $"{Type}({precision},{NumericScale ?? 0})",
        _ => Type,
    };
}
