namespace Platform.Benchmarks.Transform;

/// <summary>What the command line says about the benchmark <c>transform</c>.</summary>
internal sealed record TransformArguments
{
    private const string Project = "--project-dir";
    private const string Dbt = "--dbt";
    private const string Worker = "--worker";
    private const string Seeds = "--seed-var";

    public const string Usage = $"[{Project} FOLDER ...] [{Dbt} PROGRAM] [{Worker} PROGRAM] [{Seeds} NAME]";

    /// <summary>Folders of projects; a generated one when there is none.</summary>
    public IReadOnlyList<string> Projects { get; private init; } = [];

    /// <summary>A dbt program to measure in the same run.</summary>
    public string? DbtProgram { get; private init; }

    /// <summary>The Worker whose verbs are measured, its program or its .dll; the one built with the benchmarks unless a published one is named.</summary>
    public IReadOnlyList<string> WorkerProgram { get; private init; } = Program(Path.Combine(AppContext.BaseDirectory, "Platform.Worker.dll"));

    /// <summary>A variable that is true while the seeds are built beforehand, for projects whose sources are seeds.</summary>
    public string? SeedVariable { get; private init; }

    /// <returns>The options, and the arguments that are none of them.</returns>
    public static (TransformArguments Options, string[] Others) Read(string[] args)
    {
        var options = new TransformArguments();
        var others = new List<string>();
        for (var index = 0; index < args.Length; index++)
        {
            var value = index + 1 < args.Length ? args[index + 1] : "";
            (options, var taken) = args[index] switch
            {
                Project => (options with { Projects = [.. options.Projects, value] }, true),
                Dbt => (options with { DbtProgram = value }, true),
                Worker => (options with { WorkerProgram = Program(Path.GetFullPath(value)) }, true),
                Seeds => (options with { SeedVariable = value }, true),
                _ => (options, false),
            };
            if (taken)
            {
                index++;
            }
            else
            {
                others.Add(args[index]);
            }
        }

        return (options, [.. others]);
    }

    private static IReadOnlyList<string> Program(string path) => path.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", path] : [path];
}
