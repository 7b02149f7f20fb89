using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Profiles;

/// <summary>
/// Renders Jinja in files that may hold secrets, profiles.yml and packages.yml: only <c>env_var()</c> and <c>var()</c> are known there
/// (https://docs.getdbt.com/reference/dbt-jinja-functions/profiles-yml-context).
/// </summary>
internal sealed class SecretRenderer(IReadOnlyDictionary<string, object?> vars)
{
    private static readonly Lazy<JinjaEnvironment> Shared = new(DbtEnvironment.Create);

    /// <summary>The plain value with every text in it rendered; a text that is one expression gives the expression's value.</summary>
    /// <param name="value">The value of a YAML file.</param>
    /// <param name="place">The key under which it stands, for errors.</param>
    /// <exception cref="TransformException">A template is wrong, or names a variable that is not set.</exception>
    public object? Render(YamlValue value, string place)
    {
        if (value.Map is { } map)
        {
            return map.ToDictionary(entry => entry.Key, entry => Render(entry.Value, entry.Key));
        }

        if (value.Items is { } items)
        {
            return items.Select(item => Render(item, place)).ToList();
        }

        return value.Scalar is string text ? Render(text, value.At, place) : value.Scalar;
    }

    private object? Render(string text, SourceLocation at, string place)
    {
        if (!YamlRenderer.HasJinja(text))
        {
            return text;
        }

        try
        {
            using var state = Shared.Value.CreateState(new RenderOptions { Variables = Functions() }, CancellationToken.None);
            var trimmed = text.Trim();
            var value = YamlRenderer.IsExpression(trimmed)
                ? state.Evaluate(Shared.Value.ParseExpression(trimmed[2..^2].Trim('-', ' '), at.File)).ToClr()
                : state.Render(Shared.Value.Parse(text, at.File));
            return value is string rendered ? Secrets.Reveal(rendered) : value;
        }
        catch (JinjaException) when (place is "password" or "pass")
        {
            // A password may look like Jinja without being any.
            return text;
        }
        catch (JinjaException fault)
        {
            throw new TransformException(at, $"'{place}': {fault.Message}", fault);
        }
    }

    private Dictionary<string, Value> Functions() => new()
    {
        ["env_var"] = new HostFunction("env_var", static (_, arguments) =>
        {
            var reader = arguments.Read("env_var");
            var name = reader.RequiredString("var");
            var fallback = reader.Optional("default");
            reader.Finish();
            return Environment.GetEnvironmentVariable(name) is { } value ? Secrets.IsSecret(name) ? Secrets.Placeholder(name) : value
                : !fallback.IsMissing ? fallback
                : throw new JinjaException(
                    JinjaErrorKind.UndefinedError, $"Env var required but not provided: '{name}'. Set it, or give env_var() a default.");
        }),
        ["var"] = new HostFunction("var", (_, arguments) =>
        {
            var reader = arguments.Read("var");
            var name = reader.RequiredString("name");
            var fallback = reader.Optional("default");
            reader.Finish();
            return vars.TryGetValue(name, out var value) ? Value.FromClr(value)
                : !fallback.IsMissing ? fallback
                : throw new JinjaException(
                    JinjaErrorKind.UndefinedError, $"Required var '{name}' not found in --vars. Give it there, or give var() a default.");
        }),
    };
}
