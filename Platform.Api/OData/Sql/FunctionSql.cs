using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;
using NpgsqlTypes;

namespace Platform.Api.OData.Sql;

/// <summary>OData's built-in functions.</summary>
internal static class FunctionSql
{
    public static string Write(SingleValueFunctionCallNode call, ExpressionSql expressions, RowSource source, DateTimeOffset now)
    {
        SingleValueNode[] arguments = [.. call.Parameters.OfType<SingleValueNode>()];
        string A(int at) => expressions.Value(arguments[at]);

        return (call.Name.ToLowerInvariant(), arguments.Length) switch
        {
            ("contains", 2) => $"(strpos({A(0)}, {A(1)}) > 0)",
            ("startswith", 2) => $"starts_with({A(0)}, {A(1)})",
            ("endswith", 2) => $"(right({A(0)}, length({A(1)})) = {A(1)})",
            ("matchespattern", 2) => $"({A(0)} ~ {A(1)})",
            ("length", 1) => $"length({A(0)})",
            ("indexof", 2) => $"(strpos({A(0)}, {A(1)}) - 1)",
            ("substring", 2) => $"substr({A(0)}, greatest({A(1)}, 0)::integer + 1)",
            ("substring", 3) => $"substr({A(0)}, greatest({A(1)}, 0)::integer + 1, greatest({A(2)}, 0)::integer)",
            ("tolower", 1) => $"lower({A(0)})",
            ("toupper", 1) => $"upper({A(0)})",
            ("trim", 1) => $"btrim({A(0)}, e' \\t\\n\\r')",
            ("concat", 2) => $"({A(0)} || {A(1)})",
            ("year", 1) or ("month", 1) or ("day", 1) or ("hour", 1) or ("minute", 1) => $"extract({call.Name.ToLowerInvariant()} from {Local(arguments[0], A(0))})::integer",
            ("second", 1) => $"floor(extract(second from {Local(arguments[0], A(0))}))::integer",
            ("fractionalseconds", 1) => $"(extract(second from {Local(arguments[0], A(0))}) % 1)",
            ("date", 1) => $"({Local(arguments[0], A(0))})::date",
            ("time", 1) => $"({Local(arguments[0], A(0))})::time",
            ("totaloffsetminutes", 1) => $"(case when {A(0)} is not null then 0 end)",
            ("totalseconds", 1) => $"extract(epoch from {A(0)})",
            ("now", 0) => source.Parameters.Add(now.ToUniversalTime(), NpgsqlDbType.TimestampTz),
            ("mindatetime", 0) => source.Parameters.Add(DateTimeOffset.MinValue, NpgsqlDbType.TimestampTz),
            ("maxdatetime", 0) => source.Parameters.Add(DateTimeOffset.MaxValue, NpgsqlDbType.TimestampTz),

            // Half away from zero, as OData wants it; PostgreSQL's doubles go to the even one.
            ("round", 1) => $"round({A(0)}::numeric)",
            ("floor", 1) => $"floor({A(0)})",
            ("ceiling", 1) => $"ceiling({A(0)})",
            ("cast", 2) when arguments[1] is ConstantNode { Value: string type } => Cast(A(0), arguments[0], type),
            _ => throw ODataFault.NotImplemented($"The function {call.Name} with {arguments.Length} arguments is not answered here."),
        };
    }

    /// <summary>The time as a clock in UTC shows it.</summary>
    private static string Local(SingleValueNode node, string sql) =>
        SqlTypes.Kind(node.TypeReference) == EdmPrimitiveTypeKind.DateTimeOffset ? $"{sql} at time zone 'UTC'" : sql;

    private static string Cast(string sql, SingleValueNode node, string type)
    {
        var kind = EdmCoreModel.Instance.GetPrimitiveTypeKind(type);
        return kind switch
        {
            EdmPrimitiveTypeKind.None => throw ODataFault.Bad($"'{type}' is no primitive type."),
            EdmPrimitiveTypeKind.Date when SqlTypes.Kind(node.TypeReference) == EdmPrimitiveTypeKind.DateTimeOffset => $"({sql} at time zone 'UTC')::date",
            EdmPrimitiveTypeKind.DateTimeOffset when SqlTypes.Kind(node.TypeReference) == EdmPrimitiveTypeKind.Date => $"({sql}::timestamp at time zone 'UTC')",
            _ => $"({sql})::{SqlTypes.Name(kind)}",
        };
    }
}
