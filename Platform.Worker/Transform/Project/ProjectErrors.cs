using System.Collections.Concurrent;

namespace Platform.Worker.Transform.Project;

/// <summary>Collects every fault of a project, from all threads that read it, so that they are reported together.</summary>
internal sealed class ProjectErrors
{
    private readonly ConcurrentQueue<TransformError> _errors = new();

    public bool Any => !_errors.IsEmpty;

    public void Add(TransformError error) => _errors.Enqueue(error);

    public void Add(SourceLocation at, string message) => _errors.Enqueue(new TransformError(at, message));

    public void Add(TransformException fault)
    {
        foreach (var error in fault.Errors)
        {
            _errors.Enqueue(error);
        }
    }

    /// <exception cref="TransformException">There is at least one error; it carries all, in file and line order.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new TransformException(
                [.. _errors.Distinct().OrderBy(error => error.At.File, StringComparer.Ordinal).ThenBy(error => error.At.Line)]);
        }
    }
}
