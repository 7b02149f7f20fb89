using System.Collections.Frozen;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Filters;

/// <summary>
/// The functions that a request's filter may call: pure, cheap, and without a way to anything but their arguments. What is not here is refused.
/// </summary>
internal static class FilterFunctions
{
    private static readonly FrozenDictionary<string, FilterFunction> All = new FilterFunction[]
    {
        new("lower", 1, 1, [DataType.Text], DataType.Text),
        new("upper", 1, 1, [DataType.Text], DataType.Text),
        new("initcap", 1, 1, [DataType.Text], DataType.Text),
        new("trim", 1, 1, [DataType.Text], DataType.Text) { Sql = "btrim" },
        new("ltrim", 1, 2, [DataType.Text, DataType.Text], DataType.Text),
        new("rtrim", 1, 2, [DataType.Text, DataType.Text], DataType.Text),
        new("length", 1, 1, [DataType.Text], DataType.Integer),
        new("char_length", 1, 1, [DataType.Text], DataType.Integer),
        new("reverse", 1, 1, [DataType.Text], DataType.Text),
        new("substring", 2, 3, [DataType.Text, DataType.Integer, DataType.Integer], DataType.Text),
        new("substr", 2, 3, [DataType.Text, DataType.Integer, DataType.Integer], DataType.Text),
        new("left", 2, 2, [DataType.Text, DataType.Integer], DataType.Text),
        new("right", 2, 2, [DataType.Text, DataType.Integer], DataType.Text),
        new("replace", 3, 3, [DataType.Text, DataType.Text, DataType.Text], DataType.Text),
        new("split_part", 3, 3, [DataType.Text, DataType.Text, DataType.Integer], DataType.Text),
        new("strpos", 2, 2, [DataType.Text, DataType.Text], DataType.Integer),
        new("starts_with", 2, 2, [DataType.Text, DataType.Text], DataType.Boolean),
        new("concat", 1, 10, [], DataType.Text),
        new("coalesce", 1, 10, [], null),
        new("nullif", 2, 2, [], null),
        new("greatest", 1, 10, [], null),
        new("least", 1, 10, [], null),
        new("abs", 1, 1, [DataType.Decimal], null),
        new("sign", 1, 1, [DataType.Decimal], DataType.Decimal),
        new("round", 1, 2, [DataType.Decimal, DataType.Integer], DataType.Decimal),
        new("trunc", 1, 2, [DataType.Decimal, DataType.Integer], DataType.Decimal),
        new("floor", 1, 1, [DataType.Decimal], DataType.Decimal),
        new("ceil", 1, 1, [DataType.Decimal], DataType.Decimal),
        new("ceiling", 1, 1, [DataType.Decimal], DataType.Decimal),
        new("mod", 2, 2, [DataType.Decimal, DataType.Decimal], DataType.Decimal),
        new("power", 2, 2, [DataType.Decimal, DataType.Decimal], DataType.Decimal),
        new("sqrt", 1, 1, [DataType.Decimal], DataType.Decimal),
    }.ToFrozenDictionary(function => function.Name);

    public static IEnumerable<string> Names => All.Keys.Concat(["date_trunc", "date_part", "extract", "cast"]).Order(StringComparer.Ordinal);

    public static FilterFunction? Find(string name) => All.GetValueOrDefault(name);
}

/// <param name="Name">As it is called.</param>
/// <param name="Least">Fewest arguments.</param>
/// <param name="Most">Most arguments.</param>
/// <param name="Parameters">Types of the arguments; none for any of one type.</param>
/// <param name="Result">Type of the result; null is that of the arguments.</param>
internal sealed record FilterFunction(string Name, int Least, int Most, IReadOnlyList<DataType> Parameters, DataType? Result)
{
    /// <summary>The function in SQL.</summary>
    public string Sql { get; init; } = Name;
}
