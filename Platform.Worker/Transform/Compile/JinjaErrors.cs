using Platform.Worker.Jinja;

namespace Platform.Worker.Transform.Compile;

/// <summary>Turns an interpreter's error into one of the project, with the place, the line and the macros on the way.</summary>
internal static class JinjaErrors
{
    /// <param name="fault">The error.</param>
    /// <param name="subject">Where it points when the interpreter names no place.</param>
    /// <param name="macros">The macros there are, for a hint at what was meant.</param>
    public static TransformError ToError(JinjaException fault, SourceLocation subject, MacroLibrary? macros = null)
    {
        var at = fault.HasPlace ? new SourceLocation(fault.TemplateName!, fault.Line, fault.Column) : subject;
        var message = fault.Kind switch
        {
            JinjaErrorKind.HostError when fault.InnerException is TransformException { Errors: [var only] } => only.ToString(),
            JinjaErrorKind.UndefinedError when fault.UndefinedName is not null && fault.Message == $"'{fault.UndefinedName}' is undefined" =>
                $"{fault.Message}. {Hint(macros?.Similar(fault.UndefinedName) ?? [])}A macro of that name would have to be in the project's macro folder or in an installed package.",
            JinjaErrorKind.RuntimeError or JinjaErrorKind.UndefinedError => fault.Message,
            _ => $"{fault.Kind}: {fault.Message}",
        };
        var trace = string.Concat(fault.CallStack.Select(frame => $"\n  called by {frame}"));
        var away = fault.HasPlace && subject.File.Length > 0 && fault.TemplateName != subject.File ? $"\n  while rendering {subject.File}" : "";
        return new TransformError(at, message, (fault.Snippet + trace + away).Length > 0 ? fault.Snippet + trace + away : null);
    }

    private static string Hint(IReadOnlyList<string> similar) => similar.Count == 0 ? "" : $"Did you mean '{string.Join("' or '", similar)}'? ";

    public static TransformException ToException(JinjaException fault, SourceLocation subject) => new([ToError(fault, subject)], fault);
}
