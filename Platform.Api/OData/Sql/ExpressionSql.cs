using System.Collections.Immutable;
using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;

namespace Platform.Api.OData.Sql;

/// <summary>
/// Writes expressions of OData as SQL. Comparisons follow OData's rules for null (part 2, 5.1.1.1): <c>eq</c> and <c>ne</c> know null as a value,
/// the other comparisons with it are false.
/// </summary>
/// <param name="source">What names mean.</param>
/// <param name="now">The request's time.</param>
internal sealed class ExpressionSql(RowSource source, DateTimeOffset now)
{
    /// <summary>A condition that chooses rows.</summary>
    public string Condition(QueryNode node) => Condition(node, exact: false);

    /// <summary>A value.</summary>
    public string Value(QueryNode node) => node switch
    {
        ConstantNode constant => LiteralSql.Write(constant.Value, source.Parameters),
        ConvertNode convert => Convert(convert),
        SingleValuePropertyAccessNode or SingleValueOpenPropertyAccessNode => source.Column(Path(node)).Sql,
        BinaryOperatorNode { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide or BinaryOperatorKind.Modulo } binary =>
            Arithmetic(binary),
        BinaryOperatorNode or InNode => $"({Condition(node, exact: true)})",
        UnaryOperatorNode { OperatorKind: UnaryOperatorKind.Negate } negate when SqlTypes.IsNumber(SqlTypes.Kind(negate.Operand.TypeReference)) => $"(- {Value(negate.Operand)})",
        UnaryOperatorNode { OperatorKind: UnaryOperatorKind.Not } => $"({Condition(node, exact: true)})",
        SingleValueFunctionCallNode call => FunctionSql.Write(call, this, source, now),
        _ => throw ODataFault.NotImplemented($"Expressions of the kind {node.Kind} are not answered here."),
    };

    /// <summary>The type of a value: the library does not know those of columns that the request made.</summary>
    public EdmPrimitiveTypeKind Kind(QueryNode node) => node switch
    {
        SingleValueOpenPropertyAccessNode open => source.Column(Path(open)).Kind,
        ConvertNode { TypeReference: null } convert => Kind(convert.Source),
        UnaryOperatorNode { TypeReference: null } unary => Kind(unary.Operand),
        BinaryOperatorNode { TypeReference: null } binary => Wider(Kind(binary.Left), Kind(binary.Right)),
        SingleValueNode value => SqlTypes.Kind(value.TypeReference),
        _ => EdmPrimitiveTypeKind.String,
    };

    /// <summary>The names from the row to the property.</summary>
    public static ImmutableArray<string> Path(QueryNode? node) => node switch
    {
        SingleValuePropertyAccessNode property => [.. Path(property.Source), property.Property.Name],
        SingleValueOpenPropertyAccessNode open => [.. Path(open.Source), open.Name],
        SingleNavigationNode navigation => [.. Path(navigation.Source), navigation.NavigationProperty.Name],
        ResourceRangeVariableReferenceNode or NonResourceRangeVariableReferenceNode or null => [],
        ConvertNode convert => Path(convert.Source),
        _ => throw ODataFault.NotImplemented($"A path by way of {node.Kind} is not answered here."),
    };

    /// <param name="node">The condition.</param>
    /// <param name="exact">Whether it must be false, and not null, where it does not hold; it need not be where it only chooses rows.</param>
    private string Condition(QueryNode node, bool exact) => node switch
    {
        BinaryOperatorNode { OperatorKind: BinaryOperatorKind.And } both => $"({Condition(both.Left, exact)} and {Condition(both.Right, exact)})",
        BinaryOperatorNode { OperatorKind: BinaryOperatorKind.Or } either => $"({Condition(either.Left, exact)} or {Condition(either.Right, exact)})",
        BinaryOperatorNode { OperatorKind: BinaryOperatorKind.Equal or BinaryOperatorKind.NotEqual } equality => Equality(equality, exact),
        BinaryOperatorNode binary when Operator(binary.OperatorKind) is { } symbol => Exact($"{Value(binary.Left)} {symbol} {Value(binary.Right)}", exact),
        UnaryOperatorNode { OperatorKind: UnaryOperatorKind.Not } negation => $"not {Condition(negation.Operand, exact: true)}",
        InNode membership => Membership(membership, exact),
        ConvertNode convert when convert.Source is not ConstantNode => Condition(convert.Source, exact),
        ConvertNode or ConstantNode => $"{Value(node)}::boolean",
        SingleValueNode value => SqlTypes.Kind(value.TypeReference) == EdmPrimitiveTypeKind.Boolean || value is SingleValueOpenPropertyAccessNode
            ? Value(value)
            : throw ODataFault.Bad($"A condition is expected, and this is of the type {value.TypeReference?.FullName() ?? "null"}."),
        _ => throw ODataFault.NotImplemented($"Conditions of the kind {node.Kind} are not answered here."),
    };

    private string Equality(BinaryOperatorNode node, bool exact)
    {
        var equal = node.OperatorKind == BinaryOperatorKind.Equal;
        if (IsNull(node.Right) || IsNull(node.Left))
        {
            var other = IsNull(node.Right) ? node.Left : node.Right;
            return IsNull(other) ? (equal ? "true" : "false") : $"{Presence(other)} {(equal ? "is null" : "is not null")}";
        }

        var (left, right) = (Value(node.Left), Value(node.Right));
        if (!equal)
        {
            return $"{left} is distinct from {right}";
        }

        // An index serves = only; it is the same wherever one side is never null and only rows are chosen.
        return !exact && (IsConstant(node.Left) || IsConstant(node.Right)) ? $"{left} = {right}" : $"{left} is not distinct from {right}";
    }

    /// <summary>Something that is null where the value, or the row that a navigation leads to, is not there.</summary>
    private string Presence(SingleValueNode node)
    {
        if (Unconverted(node) is not SingleNavigationNode navigation)
        {
            return Value(node);
        }

        var path = Path(navigation);
        var (owner, _) = source.Joined(path[..^1]);
        return source.Column([.. path, owner.Navigation(path[^1])!.TargetColumn]).Sql;
    }

    private string Membership(InNode node, bool exact)
    {
        if (node.Right is not CollectionConstantNode list)
        {
            throw ODataFault.NotImplemented("'in' is answered with a list of literals.");
        }

        var left = Value(node.Left);
        var items = list.Collection.Where(item => item.Value is not null).Select(item => LiteralSql.Write(item.Value, source.Parameters)).ToArray();
        var condition = items.Length == 0 ? "false" : Exact($"{left} in ({string.Join(", ", items)})", exact);
        return items.Length < list.Collection.Count ? $"({condition} or {left} is null)" : condition;
    }

    private string Arithmetic(BinaryOperatorNode node)
    {
        var (left, right) = (SqlTypes.Kind(node.Left.TypeReference), SqlTypes.Kind(node.Right.TypeReference));
        if ((!SqlTypes.IsNumber(left) && !IsOpen(node.Left)) || (!SqlTypes.IsNumber(right) && !IsOpen(node.Right)))
        {
            throw ODataFault.NotImplemented("Arithmetic is answered with numbers only.");
        }

        var symbol = node.OperatorKind switch
        {
            BinaryOperatorKind.Add => "+",
            BinaryOperatorKind.Subtract => "-",
            BinaryOperatorKind.Multiply => "*",
            BinaryOperatorKind.Divide => "/",
            _ => "%",
        };

        // PostgreSQL has no remainder of floating point numbers.
        return symbol == "%" ? $"({Value(node.Left)}::numeric % {Value(node.Right)}::numeric)" : $"({Value(node.Left)} {symbol} {Value(node.Right)})";
    }

    private string Convert(ConvertNode node)
    {
        var (from, to) = (SqlTypes.Kind(node.Source.TypeReference), SqlTypes.Kind(node.TypeReference));
        var value = Value(node.Source);
        return (from, to) switch
        {
            _ when from == to || IsNull(node.Source) => value,
            (EdmPrimitiveTypeKind.Date, EdmPrimitiveTypeKind.DateTimeOffset) => $"({value}::timestamp at time zone 'UTC')",
            (EdmPrimitiveTypeKind.DateTimeOffset, EdmPrimitiveTypeKind.Date) => $"({value} at time zone 'UTC')::date",
            _ when SqlTypes.IsNumber(from) && SqlTypes.IsNumber(to) => value,
            _ => $"{value}::{SqlTypes.Name(to)}",
        };
    }

    /// <summary>The type of arithmetic with both.</summary>
    private static EdmPrimitiveTypeKind Wider(EdmPrimitiveTypeKind left, EdmPrimitiveTypeKind right) =>
        (SqlTypes.Name(left), SqlTypes.Name(right)) switch
        {
            ("bigint", "bigint") => EdmPrimitiveTypeKind.Int64,
            ("double precision", _) or (_, "double precision") => EdmPrimitiveTypeKind.Double,
            _ => EdmPrimitiveTypeKind.Decimal,
        };

    private static string Exact(string condition, bool exact) => exact ? $"coalesce({condition}, false)" : condition;

    private static SingleValueNode Unconverted(SingleValueNode node) => node is ConvertNode convert ? Unconverted(convert.Source) : node;

    private static bool IsNull(QueryNode node) => node is SingleValueNode value && Unconverted(value) is ConstantNode { Value: null };

    private static bool IsConstant(SingleValueNode node) => Unconverted(node) is ConstantNode;

    private static bool IsOpen(SingleValueNode node) => Unconverted(node) is SingleValueOpenPropertyAccessNode;

    private static string? Operator(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.GreaterThan => ">",
        BinaryOperatorKind.GreaterThanOrEqual => ">=",
        BinaryOperatorKind.LessThan => "<",
        BinaryOperatorKind.LessThanOrEqual => "<=",
        _ => null,
    };
}
