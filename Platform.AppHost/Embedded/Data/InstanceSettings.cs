using System.Text.Json;
using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded.Data;

/// <summary>
/// Ports and passwords of one data folder, made at its first start and kept beside the data, readable by their owner only. Ports stay as long as they are
/// free, so that BI tools find PostgreSQL again.
/// </summary>
internal sealed record InstanceSettings
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public int PostgresPort { get; init; }

    public int AzuritePort { get; init; }

    public int WorkerPort { get; init; }

    public required string SuperuserPassword { get; init; }

    public required string OwnerPassword { get; init; }

    public required string ApiPassword { get; init; }

    public required string BiReaderPassword { get; init; }

    public required string StorageKey { get; init; }

    /// <summary>Reads the settings from the file or makes them, with ports that are free now.</summary>
    public static async Task<InstanceSettings> LoadAsync(string path, CancellationToken cancellationToken)
    {
        var known = File.Exists(path)
            ? JsonSerializer.Deserialize<InstanceSettings>(await File.ReadAllTextAsync(path, cancellationToken), Format)
            : null;
        var settings = known ?? new InstanceSettings
        {
            SuperuserPassword = Secret.Password(),
            OwnerPassword = Secret.Password(),
            ApiPassword = Secret.Password(),
            BiReaderPassword = Secret.Password(),
            StorageKey = Secret.StorageKey(),
        };
        settings = settings with
        {
            PostgresPort = FreeOr(settings.PostgresPort),
            AzuritePort = FreeOr(settings.AzuritePort),
            WorkerPort = FreeOr(settings.WorkerPort),
        };
        if (settings != known)
        {
            await PrivateFile.WriteAsync(path, JsonSerializer.Serialize(settings, Format), cancellationToken);
        }

        return settings;
    }

    private static int FreeOr(int port) => port != 0 && LoopbackPort.IsFree(port) ? port : LoopbackPort.Free();
}
