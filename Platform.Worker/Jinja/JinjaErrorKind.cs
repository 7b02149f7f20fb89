namespace Platform.Worker.Jinja;

/// <summary>What went wrong; the names are Jinja's and Python's where those have one.</summary>
internal enum JinjaErrorKind
{
    SyntaxError,
    UndefinedError,
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    ZeroDivisionError,
    OverflowError,
    FilterArgumentError,

    /// <summary>An import, include or extends of a template that the loader does not have.</summary>
    TemplateNotFound,
    RuntimeError,

    /// <summary>Code of the host failed; its exception is the inner one.</summary>
    HostError,

    /// <summary>More statements, iterations or calls than the environment allows.</summary>
    StepLimit,

    /// <summary>Macros, includes, expressions or data nested deeper than the environment or the stack allows.</summary>
    RecursionLimit,

    /// <summary>More text or more elements than the environment allows.</summary>
    OutputLimit,
}
