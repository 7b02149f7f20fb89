namespace Platform.Worker.Jinja.Values;

/// <summary>What a <see cref="Value"/> holds.</summary>
internal enum ValueKind : byte
{
    Undefined,
    None,
    Boolean,
    Integer,
    Float,
    Decimal,
    String,
    List,
    Tuple,
    Dict,
    Set,

    /// <summary>Anything else: functions, macros, iterators, host objects.</summary>
    Object,
}
