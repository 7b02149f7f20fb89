using System.CommandLine;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>
/// Where the value of a flag comes from, as in dbt: the command line, then the environment (<c>DBT_ENGINE_X</c>, <c>DBT_X</c>), then
/// <c>flags:</c> of dbt_project.yml, then the default.
/// </summary>
internal sealed class FlagSource(ParseResult arguments, IReadOnlyDictionary<string, object?> project)
{
    public ParseResult Arguments => arguments;

    public bool Bool(DbtFlag flag, bool otherwise) => flag.Given(arguments) ?? Bool(flag.Name) ?? otherwise;

    public string? Text(Option<string?> option) => arguments.GetValue(option) ?? Ambient(option.Name.TrimStart('-'));

    public int Number(Option<int?> option, int otherwise)
    {
        if (arguments.GetValue(option) is { } given)
        {
            return given;
        }

        return Ambient(option.Name.TrimStart('-')) is { } text ? int.TryParse(text, out var number) ? number : throw NotA(option.Name, text, "a number") : otherwise;
    }

    /// <summary>A value that may be given several times and several at once; in the environment, with spaces or commas between.</summary>
    public IReadOnlyList<string> Texts(Option<string[]> option, string? variable = null)
    {
        if (arguments.GetValue(option) is { Length: > 0 } given)
        {
            return given;
        }

        return variable is not null && FromEnvironment(variable) is { } text
            ? text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];
    }

    /// <summary>A flag of dbt_project.yml; null when it does not say.</summary>
    public object? Project(string name) => project.GetValueOrDefault(name);

    public static string? FromEnvironment(string name)
    {
        var suffix = name.Replace('-', '_').ToUpperInvariant();
        return Environment.GetEnvironmentVariable($"DBT_ENGINE_{suffix}") is { Length: > 0 } engine ? engine
            : Environment.GetEnvironmentVariable($"DBT_{suffix}") is { Length: > 0 } value ? value
            : null;
    }

    /// <summary>The same of a variable that is true or false.</summary>
    public static bool FromEnvironment(string name, bool otherwise) => Read(name, FromEnvironment(name)) ?? otherwise;

    private bool? Bool(string name) => Read(name, Ambient(name));

    private static bool? Read(string name, string? written) => written switch
    {
        null => null,
        var text => text.ToLowerInvariant() switch
        {
            "1" or "true" or "t" or "yes" or "y" or "on" => true,
            "0" or "false" or "f" or "no" or "n" or "off" => false,
            _ => throw NotA($"DBT_{name.Replace('-', '_').ToUpperInvariant()}", text, "a valid boolean"),
        },
    };

    private string? Ambient(string name) =>
        FromEnvironment(name) ?? (project.TryGetValue(name.Replace('-', '_'), out var value) ? value?.ToString() : null);

    private static ConfigurationFaultException NotA(string name, string text, string what) => new($"{name}: '{text}' is not {what}.");
}
