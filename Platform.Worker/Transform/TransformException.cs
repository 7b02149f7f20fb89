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

/// <summary>One fault of a project: where, what was found, what would put it right, and the line with a caret where there is one.</summary>
internal sealed record TransformError(SourceLocation At, string Message, string? Snippet = null)
{
    public override string ToString() => Snippet is null ? $"{At}: {Message}" : $"{At}: {Message}\n{Snippet}";
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

    private static string Describe(IReadOnlyList<TransformError> errors) =>
        errors.Count == 1 ? errors[0].ToString() : $"{errors.Count} errors:\n{string.Join('\n', errors)}";
}
