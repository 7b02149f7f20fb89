using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Verbs;

/// <summary>A command line as understood: what to build, and what only some verbs ask for.</summary>
internal sealed record VerbArguments
{
    public required TransformVerb Verb { get; init; }

    public required ProjectHeader Header { get; init; }

    public required InvocationFlags Flags { get; init; }

    public required BuildRequest Request { get; init; }

    /// <summary>SQL of <c>compile</c> and <c>show --inline</c>.</summary>
    public string? Inline { get; init; }

    /// <summary>Rows that <c>show</c> shows; negative for all.</summary>
    public int Limit { get; init; } = 5;

    /// <summary>json, text, name, path or selector, as the verb has it.</summary>
    public string? Output { get; init; }

    public IReadOnlyList<string> OutputKeys { get; init; } = [];

    /// <summary>Another place for the report of <c>source freshness</c>.</summary>
    public string? OutputPath { get; init; }

    /// <summary><c>--show</c> of seed and build.</summary>
    public bool Show { get; init; }

    /// <summary><c>docs generate --no-compile</c> is false.</summary>
    public bool Compile { get; init; } = true;

    /// <summary><c>docs generate --empty-catalog</c>.</summary>
    public bool EmptyCatalog { get; init; }

    /// <summary>False for the platform's own project without --target-path: its folder belongs to the program and may be read-only.</summary>
    public bool WritesArtifacts { get; init; } = true;

    /// <summary>Absolute path of the folder for artifacts.</summary>
    public string TargetDirectory => Path.GetFullPath(Path.Combine(Header.Directory, Flags.TargetPath ?? Header.TargetPath));

    /// <summary>The same as it is shown: relative to the project when it lies below it.</summary>
    public string ShownTargetDirectory => Path.GetRelativePath(Header.Directory, TargetDirectory) is var relative && !relative.StartsWith("..", StringComparison.Ordinal)
        ? relative.Replace('\\', '/')
        : TargetDirectory;
}
