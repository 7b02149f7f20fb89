namespace Platform.Api.Tests.Metrics.Rollups;

/// <summary>The same random queries, most of them answered from rollups.</summary>
public sealed class RollupRandomQueryTests(RollupSample sample, ITestOutputHelper output) : RandomQueries(sample, output), IClassFixture<RollupSample>;
