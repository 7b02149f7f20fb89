namespace Platform.AppHost.Embedded.Servers;

/// <summary>Files that only their owner may read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes the whole file or, when this process is killed meanwhile, leaves the one that was there.</summary>
    public static async Task WriteAsync(string path, string content, CancellationToken cancellationToken)
    {
        var partial = path + ".partial";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var writer = new StreamWriter(partial, options))
        {
            await writer.WriteAsync(content.AsMemory(), cancellationToken);
        }

        File.Move(partial, path, overwrite: true);
    }
}
