namespace Platform.AppHost.Embedded.Servers;

/// <summary>How to run an <see cref="AzuriteServer"/>.</summary>
/// <param name="Folder">The data folder; null keeps blobs in memory.</param>
/// <param name="Key">The storage account's key.</param>
internal sealed record AzuriteServerOptions(ServerPackages Packages, string? Folder, int Port, string Key)
{
    /// <summary>Receives each line of the server's log.</summary>
    public Action<string>? Output { get; init; }
}

/// <summary>Azurite's blob server on 127.0.0.1, with one storage account.</summary>
internal sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "platform";
    private readonly AzuriteServerOptions _options;

    private AzuriteServer(AzuriteServerOptions options, ChildProcess process)
    {
        _options = options;
        Process = process;
    }

    public ChildProcess Process { get; }

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_options.Key};BlobEndpoint=http://127.0.0.1:{_options.Port}/{Account};";

    public static async Task<AzuriteServer> StartAsync(AzuriteServerOptions options, CancellationToken cancellationToken)
    {
        string[] storage = options.Folder is { } folder ? ["--location", PlatformFolder.CreateReadable(folder)] : ["--inMemoryPersistence"];
        var child = await ChildProcess.StartAsync(
            new ChildProcessStart(
                "azurite",
                options.Packages.Node,
                [
                    Path.Combine(options.Packages.Modules, "azurite", "dist", "src", "blob", "main.js"),
                    "--blobHost", "127.0.0.1", "--blobPort", options.Port.ToString(), "--silent", "--disableTelemetry",
                    // Azure.Storage.Blobs asks for a newer API version than Azurite knows by name.
                    "--skipApiVersionCheck",
                    .. storage,
                ])
            {
                Environment = new Dictionary<string, string?> { ["AZURITE_ACCOUNTS"] = $"{Account}:{options.Key}" },
                Output = options.Output,
            },
            cancellationToken);
        try
        {
            await child.WaitUntilAsync(token => LoopbackPort.AcceptsAsync(options.Port, token), TimeSpan.FromSeconds(60), cancellationToken);
            return new AzuriteServer(options, child);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync() => Process.StopAsync(TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Process.DisposeAsync();
    }
}
