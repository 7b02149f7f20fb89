namespace Platform.Worker.Jinja;

/// <summary>A call on the way to an error: what was called, and the place it was called from.</summary>
internal readonly record struct JinjaTraceFrame(string Callee, string TemplateName, int Line)
{
    public override string ToString() => $"{TemplateName}:{Line} (in a call of {Callee})";
}
