using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Project;

/// <summary>An entry below <c>data_tests:</c> taken apart: the test's name, its arguments, its configuration.</summary>
internal sealed class TestCall
{
    /// <summary>Configurations that dbt also takes beside the arguments, in the order in which it writes them.</summary>
    private static readonly string[] ConfigKeys =
    [
        "severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures", "store_failures_as",
        "meta", "database", "schema", "alias",
    ];

    private TestCall(string written)
    {
        var dot = written.IndexOf('.', StringComparison.Ordinal);
        (Namespace, Name) = dot < 0 ? (null, written) : (written[..dot], written[(dot + 1)..]);
        Written = written;
    }

    public string Written { get; }

    public string Name { get; }

    public string? Namespace { get; }

    /// <summary>What the macro gets, and so what names and identifies the test.</summary>
    public Dictionary<string, object?> Arguments { get; } = [];

    public Dictionary<string, object?> Config { get; private set; } = [];

    public string? CustomName { get; private set; }

    public string Description { get; private set; } = "";

    /// <summary>The code that dbt shows for it: a call of the macro, and its configuration.</summary>
    public string RawCode(IReadOnlyDictionary<string, object?> config)
    {
        var settings = string.Join(",", config.Select(setting => $"{setting.Key}={Literal(setting.Value)}"));
        var macro = Namespace is null ? $"test_{Name}" : $"{Namespace}.test_{Name}";
        return $"{{{{ {macro}(**_dbt_generic_test_kwargs) }}}}{(settings.Length > 0 ? $"{{{{ config({settings}) }}}}" : "")}";

        static string Literal(object? value) =>
            value is string text ? $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : Value.FromClr(value).ToString();
    }

    /// <summary>Reads an entry: a name, a name with its arguments below it, or a mapping with <c>test_name</c>; null after an error.</summary>
    public static TestCall? Read(TestEntry entry, ResourcePatch patch, ProjectErrors errors)
    {
        if (entry.Value.AsText() is { } simple)
        {
            return new TestCall(simple).With(entry, new Dictionary<string, YamlValue>(), patch, errors);
        }

        if (entry.Value.Map is not { Count: > 0 } map)
        {
            errors.Add(entry.Value.At, $"a test of '{patch.Name}' is a name, or a name with its arguments below it.");
            return null;
        }

        if (map.TryGetValue("test_name", out var written) && written.AsText() is { } name)
        {
            return new TestCall(name).With(entry, map.Where(setting => setting.Key != "test_name"), patch, errors);
        }

        // name, description and config may stand beside the test's own key as well as below it.
        var own = map.Where(setting => setting.Key is not ("name" or "description" or "config")).ToList();
        if (own.Count != 1)
        {
            errors.Add(
                entry.Value.At,
                $"a test of '{patch.Name}' has the keys {string.Join(", ", map.Keys)}, where one is expected: its name. Indent its arguments below the name.");
            return null;
        }

        if (own[0].Value.Items is not null)
        {
            errors.Add(own[0].Value.At, $"the arguments of the test '{own[0].Key}' of '{patch.Name}' are a list, where a mapping is expected: 'argument: value', without dashes.");
            return null;
        }

        return new TestCall(own[0].Key).With(
            entry, map.Where(setting => setting.Key != own[0].Key).Concat(own[0].Value.Map ?? new Dictionary<string, YamlValue>()), patch, errors);
    }

    private TestCall? With(TestEntry entry, IEnumerable<KeyValuePair<string, YamlValue>> settings, ResourcePatch patch, ProjectErrors errors)
    {
        var config = new Dictionary<string, object?>();
        foreach (var (key, value) in settings)
        {
            switch (key)
            {
                case "name":
                    CustomName = value.AsText();
                    break;
                case "description":
                    Description = value.AsText() ?? "";
                    break;
                case "config":
                    foreach (var (option, given) in value.Map ?? new Dictionary<string, YamlValue>())
                    {
                        config[option] = given.Plain();
                    }

                    break;
                case "arguments" when value.Map is { } named:
                    foreach (var (argument, given) in named)
                    {
                        Arguments[argument] = given.Plain();
                    }

                    break;
                default:
                    (ConfigKeys.Contains(key) ? config : Arguments)[key] = value.Plain();
                    break;
            }
        }

        Config = ConfigKeys.Where(config.ContainsKey).Concat(config.Keys.Except(ConfigKeys)).Where(key => config[key] is not null)
            .ToDictionary(key => key, key => config[key]);
        if (entry.Column is not null)
        {
            Arguments["column_name"] = entry.Column;
        }

        if (Arguments.ContainsKey("model"))
        {
            errors.Add(entry.Value.At, $"the test '{Written}' of '{patch.Name}' has an argument 'model'. Remove it: a test gets the model it is on.");
            return null;
        }

        return this;
    }
}
