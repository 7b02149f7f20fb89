using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;

namespace Platform.Worker.Loading;

/// <summary>Where a file has the columns of its contract.</summary>
/// <param name="Names">The header.</param>
/// <param name="Fields">Position of each column of the contract, in its order; -1 where the file does not have an undeclared one.</param>
/// <param name="Unknown">Positions of what the contract does not know and rows must leave empty (<see cref="SchemaEvolution.Quarantine"/>).</param>
internal sealed record HeaderColumns(string[] Names, int[] Fields, int[] Unknown)
{
    /// <summary>Most names that a message shows.</summary>
    private const int ShownNames = 20;

    private const int ShownCharacters = 100;

    /// <returns>What is wrong with the header; null when nothing is.</returns>
    public static string? TryFind(DatasetContract contract, IReadOnlyList<string> header, out HeaderColumns columns)
    {
        var expected = contract.Columns.Select(NameInFile).ToList();
        var declared = contract.Columns.Where(column => !column.IsUndeclared).Select(NameInFile).ToList();
        var unknown = header.Except(expected, StringComparer.Ordinal).ToList();
        var found = new List<string>();
        Add("lacks", declared.Except(header, StringComparer.Ordinal));
        Add("has more than once", header.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
        Add("has, unknown to the contract,", contract.Policy.Evolution == SchemaEvolution.Quarantine ? [] : unknown);
        columns = new HeaderColumns([], [], []);
        if (found.Count > 0)
        {
            return $"the header {string.Join(" and ", found)}; expected {string.Join(", ", declared)}";
        }

        var positions = header.Index().ToDictionary(item => item.Item, item => item.Index, StringComparer.Ordinal);
        columns = new HeaderColumns(
            [.. header], [.. expected.Select(name => positions.GetValueOrDefault(name, -1))], [.. unknown.Select(name => positions[name])]);
        return null;

        void Add(string what, IEnumerable<string> names)
        {
            var all = names.ToList();
            if (all.Count > 0)
            {
                found.Add($"{what} {string.Join(", ", all.Take(ShownNames).Select(name => $"'{Shown(name)}'"))}{(all.Count > ShownNames ? ", ..." : "")}");
            }
        }
    }

    /// <summary>A value in a column that the contract does not know.</summary>
    public static Violation UnknownValue(string name, string value) => new(
        Shown(name), Rules.UnknownColumn, CompiledColumn.Shown(value), $"{Shown(name)} is '{CompiledColumn.Shown(value)}'; the contract does not know this column, so that it must be empty.");

    public static string NameInFile(ContractColumn column) => column.HeaderName ?? column.Name;

    public static string Shown(string name) =>
        RejectedRow.Storable(name.Length <= ShownCharacters ? name : $"{name.AsSpan(0, ShownCharacters)}...");
}
