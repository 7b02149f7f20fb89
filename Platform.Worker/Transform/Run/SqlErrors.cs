using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Run;

/// <summary>Leads an error of the server back to the model: the compiled line with a caret, and the line of the file it came from.</summary>
internal static class SqlErrors
{
    public static TransformError ToError(SqlException fault, NodeRun run)
    {
        var server = fault.Fault;
        var message = $"{server.MessageText} (SQLSTATE {server.SqlState})"
            + (string.IsNullOrEmpty(server.Detail) ? "" : $"\n  detail: {server.Detail}")
            + (string.IsNullOrEmpty(server.Hint) ? "" : $"\n  hint: {server.Hint}")
            + (string.IsNullOrEmpty(server.Where) ? "" : $"\n  where: {server.Where}");
        if (fault.Position < 0)
        {
            return new TransformError(run.Node.At, message) { Kind = ErrorKind.Database };
        }

        var (text, position, source) = (fault.Sql, fault.Position, "statement");
        if (run.CompiledCode is { Length: > 0 } compiled && fault.Sql.IndexOf(compiled, StringComparison.Ordinal) is var start and >= 0
            && fault.Position >= start && fault.Position <= start + compiled.Length)
        {
            (text, position, source) = (compiled, fault.Position - start, "compiled SQL");
        }

        var (line, column) = Place(text, position);
        var shown = text.Split('\n')[line - 1];
        var snippet = $"  {source}, line {line}:\n{SourceFile.Snippet(text, line, column)}";
        return new TransformError(Origin(run, shown), message, snippet) { Kind = ErrorKind.Database };
    }

    /// <summary>The line of the model's file, when the compiled line stands in it word for word exactly once.</summary>
    private static SourceLocation Origin(NodeRun run, string compiledLine)
    {
        var lines = run.Node.RawCode.Split('\n');
        var wanted = compiledLine.Trim();
        var matches = Enumerable.Range(0, lines.Length).Where(index => wanted.Length > 0 && lines[index].Trim() == wanted).Take(2).ToList();
        return matches.Count == 1 ? new SourceLocation(run.Node.OriginalFilePath, matches[0] + 1) : run.Node.At with { Column = 0 };
    }

    private static (int Line, int Column) Place(string text, int position)
    {
        var before = text.AsSpan(0, Math.Min(position, text.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}
