using System.Collections.Concurrent;

namespace Platform.Worker.Transform.Project;

/// <summary>Collects every fault of a project, from all threads that read it, so that they are reported together.</summary>
internal sealed class ProjectErrors
{
    private readonly ConcurrentQueue<TransformError> _errors = new();
    private readonly ConcurrentQueue<TransformError> _warnings = new();

    public bool Any => !_errors.IsEmpty;

    /// <summary>What dbt only warns of, in file and line order.</summary>
    public IReadOnlyList<TransformError> Warnings => Ordered(_warnings);

    public void Add(TransformError error) => _errors.Enqueue(error);

    public void Add(SourceLocation at, string message) => _errors.Enqueue(new TransformError(at, message));

    public void Add(TransformException fault)
    {
        foreach (var error in fault.Errors)
        {
            _errors.Enqueue(error);
        }
    }

    public void Warn(TransformError warning) => _warnings.Enqueue(warning);

    /// <param name="at">The place.</param>
    /// <param name="name">dbt's name of the event, such as "NoNodeForYamlKey".</param>
    /// <param name="message">What was found and what would put it right.</param>
    public void Warn(SourceLocation at, string name, string message) => _warnings.Enqueue(new TransformError(at, message) { Event = name });

    /// <summary>Hands on the errors, not the warnings.</summary>
    public void CopyTo(ProjectErrors other)
    {
        foreach (var error in _errors)
        {
            other.Add(error);
        }
    }

    /// <exception cref="TransformException">There is at least one error; it carries all, in file and line order.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new TransformException(Ordered(_errors));
        }
    }

    private static List<TransformError> Ordered(IEnumerable<TransformError> errors) =>
    [
        .. errors.Distinct().OrderBy(error => error.At.File, StringComparer.Ordinal)
            .ThenBy(error => error.At.Line).ThenBy(error => error.Message, StringComparer.Ordinal),
    ];
}
