using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>Values that are given as YAML text.</summary>
internal static class YamlOption
{
    /// <summary>The mapping that the text of an option is; empty when there is none.</summary>
    /// <exception cref="TransformException">It is no YAML, or no mapping.</exception>
    public static IReadOnlyDictionary<string, object?> Mapping(string option, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new Dictionary<string, object?>();
        }

        var errors = new ProjectErrors();
        var yaml = YamlValue.Read(new SourceFile(option, option, text, default), errors);
        errors.ThrowIfAny();
        return yaml is null ? new Dictionary<string, object?>()
            : yaml.Plain() as Dictionary<string, object?>
            ?? throw new TransformException(new SourceLocation(option), $"The {option} argument must be a YAML dictionary, e.g. '{{my_variable: my_value}}'; got '{text}'.");
    }

    /// <summary>The value of --warn-error-options; null when nothing is given. <c>include</c> and <c>exclude</c> are old names of error and warn.</summary>
    public static WarnErrorOptions? WarnErrorOptions(object? given)
    {
        var map = given switch
        {
            null => null,
            string text => Mapping("--warn-error-options", text),
            IReadOnlyDictionary<string, object?> values => values,
            _ => throw new TransformException(new SourceLocation("warn_error_options"), "warn_error_options must be a mapping with error, warn and silence."),
        };
        if (map is null)
        {
            return null;
        }

        Exclusive(map, "include", "error");
        Exclusive(map, "exclude", "warn");
        return new WarnErrorOptions
        {
            Error = Names(map, "error", "include"),
            Warn = Names(map, "warn", "exclude"),
            Silence = Names(map, "silence"),
        };
    }

    private static void Exclusive(IReadOnlyDictionary<string, object?> map, string old, string name)
    {
        if (map.GetValueOrDefault(old) is not null && map.GetValueOrDefault(name) is not null)
        {
            throw new TransformException(
                new SourceLocation("warn_error_options"), $"Only `{old}` or `{name}` can be specified in `warn_error_options`, not both; `{old}` is the old name of `{name}`.");
        }
    }

    private static List<string> Names(IReadOnlyDictionary<string, object?> map, params string[] keys) =>
        keys.Select(key => map.GetValueOrDefault(key)).FirstOrDefault(value => value is not null) switch
        {
            null => [],
            IEnumerable<object?> items => [.. items.Select(item => item?.ToString()).OfType<string>()],
            var single => [single.ToString()!],
        };
}
