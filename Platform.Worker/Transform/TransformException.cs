namespace Platform.Worker.Transform;

/// <summary>A place in a file of the project. Lines and columns count from 1; 0 when the whole file is meant.</summary>
internal readonly record struct SourceLocation(string File, int Line = 0, int Column = 0)
{
    public override string ToString() => (Line, Column) switch
    {
        (0, _) => File,
        (_, 0) => $"{File}:{Line}",
        _ => $"{File}:{Line}:{Column}",
    };
}

/// <summary>dbt's word for what went wrong: the first line of its errors.</summary>
internal enum ErrorKind
{
    Compilation,
    Parsing,
    Database,
    Runtime,
}

/// <summary>One fault of a project: where, what was found, what would put it right, and the line with a caret where there is one.</summary>
internal sealed record TransformError(SourceLocation At, string Message, string? Snippet = null)
{
    /// <summary>YAML that cannot be used is dbt's parsing error, that of the project itself its runtime error, all else of the project a compilation error.</summary>
    public ErrorKind Kind { get; init; } = Path.GetFileName(At.File) switch
    {
        "dbt_project.yml" or "profiles.yml" or "packages.yml" or "dependencies.yml" => ErrorKind.Runtime,
        var name when Path.GetExtension(name) is ".yml" or ".yaml" => ErrorKind.Parsing,
        _ => ErrorKind.Compilation,
    };

    /// <summary>dbt's name of the event, when this is only warned of: what --warn-error-options select by.</summary>
    public string Event { get; init; } = "GenericJSONSchemaValidationDeprecation";

    public override string ToString() => Snippet is null ? $"{At}: {Message}" : $"{At}: {Message}\n{Snippet}";

    /// <summary>As dbt reports it of a node: kind, node and its file, then the error below.</summary>
    public string Of(string resourceType, string name, string path) => $"{Kind} Error in {resourceType} {name} ({path})\n{Indented(ToString())}";

    internal static string Indented(string text) => "  " + text.ReplaceLineEndings("\n  ");
}

/// <summary>The project is at fault (files, macros, metrics, names). Carries every error found, each with file and line.</summary>
internal sealed class TransformException : ConfigurationFaultException
{
    public TransformException(IReadOnlyList<TransformError> errors, Exception? innerException = null)
        : base(Describe(errors), innerException) => Errors = errors;

    public TransformException(SourceLocation at, string message, Exception? innerException = null)
        : this([new TransformError(at, message)], innerException)
    {
    }

    public IReadOnlyList<TransformError> Errors { get; }

    /// <summary>As dbt reports it of a run: kind, then the errors below.</summary>
    public string Report => $"{Errors[0].Kind} Error\n{TransformError.Indented(Describe(Errors))}";

    private static string Describe(IReadOnlyList<TransformError> errors) =>
        errors.Count == 1 ? errors[0].ToString() : $"{errors.Count} errors:\n{string.Join('\n', errors)}";
}
