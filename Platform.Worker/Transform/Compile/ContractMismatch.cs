using System.Text;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>How the columns of a model's SQL differ from those its contract promises, as a table.</summary>
internal static class ContractMismatch
{
    private static readonly string[] Header = ["column_name", "definition_type", "contract_type", "mismatch_reason"];

    /// <param name="promised">The contract's columns: name, data_type, formatted.</param>
    /// <param name="given">Those of the SQL.</param>
    public static string Describe(Value promised, Value given)
    {
        var contract = Types(promised);
        var definition = Types(given);
        if (contract.Count == 0)
        {
            return "This model has an enforced contract, and its 'columns' specification is missing. List its columns with their data_type in a properties file.";
        }

        var rows = new List<string[]> { Header };
        foreach (var name in contract.Keys.Union(definition.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal))
        {
            var (promise, type) = (contract.GetValueOrDefault(name), definition.GetValueOrDefault(name));
            if (promise != type)
            {
                rows.Add([name, type ?? "", promise ?? "", type is null ? "missing in definition" : promise is null ? "missing in contract" : "data type mismatch"]);
            }
        }

        var text = new StringBuilder("This model has an enforced contract that failed. Please ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.\n");
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        for (var index = 0; index < rows.Count; index++)
        {
            text.Append("\n| ").AppendJoin(" | ", rows[index].Select((cell, column) => cell.PadRight(widths[column]))).Append(" |");
            if (index == 0)
            {
                text.Append("\n| ").AppendJoin(" | ", widths.Select(width => new string('-', width))).Append(" |");
            }
        }

        return text.ToString();
    }

    private static Dictionary<string, string> Types(Value columns)
    {
        var types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in columns.Iterate().Select(column => column.As<DictValue>()).OfType<DictValue>())
        {
            types[column["name"].ToString()] = column["data_type"].ToString();
        }

        return types;
    }
}
