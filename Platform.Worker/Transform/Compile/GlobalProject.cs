using System.Reflection;
using Platform.Worker.Jinja;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>The embedded global project "dbt", parsed once per process.</summary>
internal static class GlobalProject
{
    private const string ResourcePrefix = "Platform.Worker.Transform.Macros.";

    private static readonly Lazy<IReadOnlyList<Template>> Parsed = new(Load);

    /// <summary>The Jinja environment that all projects share; parsed templates belong to it.</summary>
    public static JinjaEnvironment Environment { get; } = DbtEnvironment.Create();

    public static IEnumerable<MacroDefinition> Macros => Parsed.Value.SelectMany(template => template.Macros);

    /// <summary>Parses it beside what the caller does next, for a process that is going to need it.</summary>
    public static void Prepare() => ThreadPool.UnsafeQueueUserWorkItem(static _ => _ = Parsed.Value, null);

    private static Template[] Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList().InParallel(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return Environment.Parse(reader.ReadToEnd().ReplaceLineEndings("\n"), $"{Package.GlobalName}/{name[ResourcePrefix.Length..]}");
            });
    }
}
