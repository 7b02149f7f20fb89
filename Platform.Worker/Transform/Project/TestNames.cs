using System.Text;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>dbt's names of generic tests.</summary>
internal static partial class TestNames
{
    /// <summary>Longer names are cut and closed with a hash, to fit PostgreSQL's names.</summary>
    private const int MaxName = 63;

    private const int HashLength = 10;

    /// <summary><c>test_model_arguments</c>, short enough for a name in the warehouse and in full.</summary>
    public static (string Label, string FullName) For(string test, string target, IReadOnlyDictionary<string, object?> arguments)
    {
        var parts = arguments.Where(argument => argument.Key != "model").OrderBy(argument => argument.Key, StringComparer.Ordinal)
            .SelectMany(argument => argument.Value switch
            {
                Dictionary<string, object?> map => map.Values,
                List<object?> items => items,
                var single => (IEnumerable<object?>)[single],
            });
        var unique = string.Join("__", parts.Select(part => NoWord().Replace(part as string ?? Value.FromClr(part).ToString(), "_")));
        var identifier = $"{test}_{target}";
        var fullName = $"{identifier}_{unique}";
        return (fullName.Length > MaxName ? $"{identifier[..Math.Min(30, identifier.Length)]}_{ContextFunctions.Md5(fullName)}" : fullName, fullName);
    }

    /// <summary>The end of a test's unique id: a hash of its name, its macro and its arguments as Python prints them.</summary>
    public static string Hash(string name, string macro, string? macroNamespace, IReadOnlyDictionary<string, object?> arguments)
    {
        var text = new StringBuilder(name).Append("{'kwargs': ");
        Print(text, arguments);
        text.Append(", 'name': ").Append(PythonString.Repr(macro)).Append(", 'namespace': ").Append(PythonString.Repr(macroNamespace ?? "None")).Append('}');
        return ContextFunctions.Md5(text.ToString())[^HashLength..];
    }

    private static void Print(StringBuilder text, object? value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> map:
                text.Append('{');
                foreach (var (key, item) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    Separate(text, '{').Append(PythonString.Repr(key)).Append(": ");
                    Print(text, item);
                }

                text.Append('}');
                break;
            case List<object?> items:
                text.Append('[');
                foreach (var item in items)
                {
                    Separate(text, '[');
                    Print(text, item);
                }

                text.Append(']');
                break;
            default:
                text.Append(PythonString.Repr(value as string ?? Value.FromClr(value).ToString()));
                break;
        }
    }

    private static StringBuilder Separate(StringBuilder text, char opening) => text[^1] == opening ? text : text.Append(", ");

    [GeneratedRegex("[^0-9a-zA-Z_]+")]
    private static partial Regex NoWord();
}
