using System.Text.RegularExpressions;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// dbt's names of a generic test. <see cref="Full"/> is the node's name and part of its id; <see cref="Short"/> is the file and, cut and
/// closed with a hash where the full name is too long for PostgreSQL, the relation of stored failures.
/// </summary>
internal sealed partial record GenericTestName(string Short, string Full)
{
    private const int MaxIdentifier = 63;
    private const int KeptOfLongName = 30;
    private const int HashDigits = 10;

    /// <summary>[namespace_]test_model_arguments.</summary>
    public static GenericTestName For(string? testNamespace, string test, string target, IReadOnlyDictionary<string, object?> arguments)
    {
        var parts = arguments.OrderBy(argument => argument.Key, StringComparer.Ordinal).SelectMany(argument => argument.Value switch
        {
            IReadOnlyDictionary<string, object?> map => map.Values,
            IEnumerable<object?> items => items,
            var single => [single],
        });
        var unique = string.Join("__", parts.Select(part => NoWord().Replace(Text(part), "_")));
        var identifier = testNamespace is null ? $"{test}_{target}" : $"{testNamespace}_{test}_{target}";
        var full = $"{identifier}_{unique}";
        return full.Length <= MaxIdentifier
            ? new GenericTestName(full, full)
            : new GenericTestName($"{identifier[..Math.Min(KeptOfLongName, identifier.Length)]}_{ContextFunctions.Md5(full)}", full);
    }

    /// <summary>What tells tests of one name apart in their ids: dbt hashes the name and Python's notation of the test's metadata.</summary>
    public string Hash(string? testNamespace, string test, IReadOnlyDictionary<string, object?> arguments, string model)
    {
        var metadata = new Dictionary<string, object?>
        {
            ["kwargs"] = new Dictionary<string, object?>(arguments) { ["model"] = model },
            ["name"] = test,
            ["namespace"] = testNamespace,
        };
        return ContextFunctions.Md5(Full + Text(Hashable(metadata)))[^HashDigits..];
    }

    /// <summary>Mappings in the order of their keys, and text for every value in them.</summary>
    private static object Hashable(object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> map => map.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .ToDictionary(entry => entry.Key, object? (entry) => Hashable(entry.Value)),
        string text => text,
        IEnumerable<object?> items => items.Select(Hashable).ToList(),
        _ => Text(value),
    };

    private static string Text(object? value) => Value.FromClr(value).ToString();

    [GeneratedRegex("[^0-9a-zA-Z_]+")]
    private static partial Regex NoWord();
}
