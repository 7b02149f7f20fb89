using System.Globalization;
using System.Text;

namespace Platform.Worker.Jinja;

/// <summary>
/// A template that cannot be parsed or rendered. Says what, where (template, line, column, the line itself with a caret) and through
/// which macros. Host code throws it without a place; the interpreter adds the place of the call.
/// </summary>
internal sealed class JinjaException(JinjaErrorKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public JinjaErrorKind Kind { get; } = kind;

    /// <summary>The template where it happened; null until the interpreter has added it.</summary>
    public string? TemplateName { get; private set; }

    /// <summary>One-based; 0 while unknown.</summary>
    public int Line { get; private set; }

    /// <summary>One-based, in UTF-16 units; 0 while unknown.</summary>
    public int Column { get; private set; }

    public string? SourceLine { get; private set; }

    /// <summary>For <see cref="JinjaErrorKind.UndefinedError"/>: the name that is not defined.</summary>
    public string? UndefinedName { get; init; }

    /// <summary>The calls that led here, innermost first.</summary>
    public IReadOnlyList<JinjaTraceFrame> CallStack { get; private set; } = [];

    public bool HasPlace => Line > 0;

    /// <summary>The source line with a caret below the column, or nothing when the place is unknown.</summary>
    public string Snippet
    {
        get
        {
            if (SourceLine is null)
            {
                return string.Empty;
            }

            var number = Line.ToString(CultureInfo.InvariantCulture);
            var margin = new string(' ', number.Length);
            var indent = string.Concat(SourceLine.Take(Column - 1).Select(static c => c == '\t' ? '\t' : ' '));
            return $"{margin} |\n{number} | {SourceLine}\n{margin} | {indent}^";
        }
    }

    /// <summary>The whole report: kind, message, place, source line with caret and macro calls, on several lines.</summary>
    public string Describe()
    {
        var text = new StringBuilder().Append(Kind).Append(": ").Append(Message);
        if (HasPlace)
        {
            text.Append("\n  --> ").Append(TemplateName).Append(':').Append(Line).Append(':').Append(Column).Append('\n').Append(Snippet);
        }

        foreach (var frame in CallStack)
        {
            text.Append("\n  called by ").Append(frame);
        }

        return text.ToString();
    }

    internal JinjaException At(Template template, int position)
    {
        if (!HasPlace)
        {
            TemplateName = template.Name;
            (Line, Column, SourceLine) = template.Locate(position);
        }

        return this;
    }

    internal void Through(IReadOnlyList<JinjaTraceFrame> callStack)
    {
        if (CallStack.Count == 0)
        {
            CallStack = callStack;
        }
    }
}
