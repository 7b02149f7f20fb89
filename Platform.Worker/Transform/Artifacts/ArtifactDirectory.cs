using System.Text;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>The target directory of a project. Artifacts replace those before them whole: a reader never meets half a file.</summary>
internal sealed class ArtifactDirectory(string path)
{
    public string Path { get; } = path;

    /// <summary>Writes an artifact, such as <see cref="ManifestWriter.FileName"/>.</summary>
    public void Write(string name, Action<Stream> write)
    {
        Directory.CreateDirectory(Path);
        var file = System.IO.Path.Combine(Path, name);
        var unfinished = $"{file}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new BufferedStream(File.Create(unfinished), 1 << 16))
            {
                write(stream);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Writes SQL to <see cref="ArtifactPaths.Compiled"/> or <see cref="ArtifactPaths.Run"/>. A file that says the same already is left alone.</summary>
    public void WriteSql(string relativePath, string sql)
    {
        var file = System.IO.Path.Combine(Path, relativePath);
        var text = Encoding.UTF8.GetBytes(sql);
        if (!Says(file, text))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, text);
        }
    }

    private static bool Says(string file, byte[] text)
    {
        var there = new FileInfo(file);
        return there.Exists && there.Length == text.Length && File.ReadAllBytes(file).AsSpan().SequenceEqual(text);
    }
}
