using Platform.Testing;

namespace Platform.Api.Tests.Sample;

/// <summary>Further databases with the sample, for tests that change what is published.</summary>
internal static class SampleWorld
{
    public static async Task<TestDatabase> CreateAsync(SampleApi sample, string? semanticManifest = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var database = await sample.Servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, sample.Data, cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken, semanticManifest);
        return database;
    }
}
