using System.Diagnostics;
using Npgsql;

namespace Platform.Benchmarks.Load;

/// <summary>
/// The references: <c>\copy</c> of the file by psql, which checks nothing but the types, or the same statement by Npgsql where there is no psql.
/// </summary>
internal sealed class ReferenceCopy(NpgsqlDataSource dataSource, string connectionString, string path)
{
    private const string Options = "(format csv, header)";

    private static readonly string? Psql = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "psql.exe" : "psql")).FirstOrDefault(File.Exists);

    public static string Name => Psql is null ? "text COPY by Npgsql (there is no psql)" : @"psql \copy";

    public Task RunAsync(string table, CancellationToken cancellationToken) =>
        Psql is null ? ByNpgsqlAsync(table, cancellationToken) : ByPsqlAsync(Psql, table, cancellationToken);

    private async Task ByPsqlAsync(string psql, string table, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(psql,
        [
            "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--host", connection.Host!, "--port", $"{connection.Port}", "--username", connection.Username!,
            "--dbname", connection.Database!, "--command", $@"\copy {table} ({OrderLines.ColumnList}) from '{path}' with {Options}",
        ]);
        start.Environment["PGPASSWORD"] = connection.Password;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"psql ended with {process.ExitCode}.");
        }
    }

    private async Task ByNpgsqlAsync(string table, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var file = File.OpenRead(path);
        await using var writer = await connection.BeginTextImportAsync(
            $"copy {table} ({OrderLines.ColumnList}) from stdin {Options}", cancellationToken);
        await file.CopyToAsync(((StreamWriter)writer).BaseStream, 256 << 10, cancellationToken);
    }
}
