using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Packages;

/// <summary>
/// Renders Jinja in package files, where only <c>env_var</c> (secret ones included) and the invocation's <c>var</c> are known: the project is
/// not read yet.
/// </summary>
internal sealed class PackageRenderer
{
    private const string SecretPrefix = "DBT_ENV_SECRET";

    private readonly JinjaEnvironment _environment = DbtEnvironment.Create();
    private readonly RenderOptions _options;
    private readonly HashSet<string> _secrets = [];

    public PackageRenderer(IReadOnlyDictionary<string, object?> vars) => _options = new RenderOptions
    {
        Variables = new Dictionary<string, Value>
        {
            ["env_var"] = new HostFunction("env_var", (_, arguments) => EnvironmentVariable(arguments)),
            ["var"] = new HostFunction("var", (_, arguments) => Variable(vars, arguments)),
        },
    };

    /// <summary>A YAML value with every text in it rendered.</summary>
    /// <exception cref="TransformException">A text cannot be rendered.</exception>
    public object? Render(object? value, SourceLocation at) => value switch
    {
        string text when YamlRenderer.HasJinja(text) => RenderText(text, at),
        IReadOnlyDictionary<string, object?> map => map.ToDictionary(entry => entry.Key, entry => Render(entry.Value, at)),
        IEnumerable<object?> items => items.Select(item => Render(item, at)).ToList(),
        _ => value,
    };

    /// <summary>A text without the values of secrets that were rendered into it.</summary>
    public string Scrub(string text) => _secrets.Aggregate(text, (scrubbed, secret) => scrubbed.Replace(secret, "*****", StringComparison.Ordinal));

    private object? RenderText(string text, SourceLocation at)
    {
        try
        {
            using var state = _environment.CreateState(_options);
            var trimmed = text.Trim();
            var isExpression = trimmed.StartsWith("{{", StringComparison.Ordinal)
                && trimmed.IndexOf("}}", StringComparison.Ordinal) == trimmed.Length - 2;
            return isExpression
                ? state.Evaluate(_environment.ParseExpression(trimmed[2..^2].Trim('-', ' '), at.File)).ToClr()
                : state.Render(_environment.Parse(text, at.File)).ToString();
        }
        catch (JinjaException fault)
        {
            throw new TransformException(at, $"'{text}': {fault.Message}", fault);
        }
    }

    private Value EnvironmentVariable(Arguments arguments)
    {
        var reader = arguments.Read("env_var");
        var name = reader.RequiredString("var");
        var fallback = reader.Optional("default");
        reader.Finish();
        if (Environment.GetEnvironmentVariable(name) is not { } value)
        {
            return !fallback.IsMissing
                ? fallback
                : throw new JinjaException(
                    JinjaErrorKind.UndefinedError, $"the environment variable '{name}' is not set. Set it, or give env_var() a default.");
        }

        if (name.StartsWith(SecretPrefix, StringComparison.Ordinal) && value.Length > 0)
        {
            _secrets.Add(value);
        }

        return value;
    }

    private static Value Variable(IReadOnlyDictionary<string, object?> vars, Arguments arguments)
    {
        var reader = arguments.Read("var");
        var name = reader.RequiredString("var");
        var fallback = reader.Optional("default");
        reader.Finish();
        return vars.TryGetValue(name, out var value) ? Value.FromClr(value)
            : !fallback.IsMissing ? fallback
            : throw new JinjaException(
                JinjaErrorKind.UndefinedError, $"the variable '{name}' is not set. Give it with --vars: package files do not see the project's own.");
    }
}
