using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics;

/// <summary>Random queries that are answered from facts.</summary>
public sealed class RandomQueryTests(SampleApi sample, ITestOutputHelper output) : RandomQueries(sample, output), IClassFixture<SampleApi>;
