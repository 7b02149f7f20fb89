namespace Platform.Worker.Transform.Project;

/// <summary>A file of a package, read once. <see cref="Path"/> is relative to the package's root, with forward slashes, as dbt shows it.</summary>
internal sealed record SourceFile(string FullPath, string Path, string Text, FileStamp Stamp)
{
    /// <summary>The configured folder it was found in ("models"); empty for files of the project's root.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The path below <see cref="Folder"/>: "staging/stg_orders.sql".</summary>
    public string PathInFolder => Folder.Length == 0 ? Path : Path[(Folder.Length + 1)..];

    /// <summary>File name without its extension.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public SourceLocation At(int line = 0, int column = 0) => new(Path, line, column);

    public static string Snippet(string text, int line, int column)
    {
        var lines = text.Split('\n');
        if (line < 1 || line > lines.Length)
        {
            return "";
        }

        var shown = lines[line - 1].TrimEnd('\r').Replace('\t', ' ');
        var gutter = line.ToString().PadLeft(5);
        return $"{gutter} | {shown}\n{new string(' ', gutter.Length)} | {new string(' ', Math.Max(0, column - 1))}^";
    }
}

/// <summary>What tells that a file has not changed since it was read.</summary>
internal readonly record struct FileStamp(long Length, long WrittenTicks)
{
    public static FileStamp Of(FileInfo file) => new(file.Length, file.LastWriteTimeUtc.Ticks);
}
