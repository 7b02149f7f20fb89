using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Platform.EndToEnd.Tests;

/// <summary>The application model: what it holds and how its parts hang together. Nothing is started.</summary>
public sealed class AspireModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_HoldsTheServersAndTheTwoProjects()
    {
        await using var model = await ModelAsync();

        Assert.IsType<PostgresServerResource>(Find(model, "postgres"));
        Assert.Contains(model.Resources, resource => resource.Name == "warehouse" && resource is IResourceWithConnectionString);
        Assert.Contains(model.Resources, resource => resource.Name == "landing" && resource is IResourceWithConnectionString);
        Assert.Equal(["api", "worker"], model.Resources.OfType<ProjectResource>().Select(project => project.Name).Order());
    }

    [Fact]
    public async Task Postgres_ServerVersion_IsPinned()
    {
        await using var model = await ModelAsync();

        var image = Assert.Single(Find(model, "postgres").Annotations.OfType<ContainerImageAnnotation>());

        Assert.Equal("17.6", image.Tag);
    }

    [Theory]
    [InlineData("worker", "warehouse")]
    [InlineData("worker", "landing")]
    [InlineData("api", "warehouse-read-only")]
    public async Task Project_ReferencesWhatItConnectsTo(string project, string resource)
    {
        await using var model = await ModelAsync();

        Assert.Contains(resource, References(model, project));
    }

    [Fact]
    public async Task Api_DoesNotGetTheOwnersConnection()
    {
        await using var model = await ModelAsync();

        Assert.DoesNotContain("warehouse", References(model, "api"));
        Assert.DoesNotContain("landing", References(model, "api"));
    }

    [Theory]
    [InlineData("worker", "warehouse")]
    [InlineData("worker", "landing")]
    [InlineData("api", "worker")]
    public async Task Project_WaitsUntilHealthy(string project, string dependency)
    {
        await using var model = await ModelAsync();

        var waits = Find(model, project).Annotations.OfType<WaitAnnotation>();

        Assert.Contains(waits, wait => wait.Resource.Name == dependency && wait.WaitType == WaitType.WaitUntilHealthy);
    }

    [Theory]
    [InlineData("worker")]
    [InlineData("api")]
    public async Task Project_HasAHealthCheck(string project)
    {
        await using var model = await ModelAsync();

        Assert.Contains(Find(model, project).Annotations.OfType<HealthCheckAnnotation>(), check => check.Key.Contains("/health", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("worker", false)]
    [InlineData("api", true)]
    public async Task Endpoint_OfTheApiAlone_IsExternal(string project, bool isExternal)
    {
        await using var model = await ModelAsync();

        var endpoint = Assert.Single(Find(model, project).Annotations.OfType<EndpointAnnotation>());

        Assert.Equal("http", endpoint.Name);
        Assert.Equal(isExternal, endpoint.IsExternal);
    }

    [Theory]
    [InlineData("api", new[] { "API reference", "Console" })]
    [InlineData("worker", new[] { "Operator API" })]
    public async Task Urls_HaveNames(string project, string[] names)
    {
        await using var model = await ModelAsync();
        var resource = (ProjectResource)Find(model, project);
        var urls = new List<ResourceUrlAnnotation> { new() { Url = "http://localhost", Endpoint = resource.GetEndpoint("http") } };
        var context = new ResourceUrlsCallbackContext(model.ExecutionContext, resource, urls, Cancellation);

        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        Assert.Equal(names, context.Urls.Select(url => url.DisplayText).Order());
    }

    [Fact]
    public async Task Worker_HasTheTwoPipelineCommands()
    {
        await using var model = await ModelAsync();

        var commands = Find(model, "worker").Annotations.OfType<ResourceCommandAnnotation>().ToDictionary(command => command.Name, command => command.DisplayName);

        Assert.Equal("Run pipeline for a date", commands["run-pipeline"]);
        Assert.Equal("Backfill a range", commands["backfill"]);
    }

    [Fact]
    public async Task Passwords_AreSecretParameters()
    {
        await using var model = await ModelAsync();

        string[] expected = ["operator-api-key", "warehouse-api-password", "warehouse-bi-reader-password"];
        var secrets = model.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret).Select(parameter => parameter.Name);

        Assert.Superset(expected.ToHashSet(), secrets.ToHashSet());
    }

    private static Task<IDistributedApplicationTestingBuilder> ModelAsync() =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.Platform_AppHost>(["--Data:Keep=false"], Cancellation);

    private static IResource Find(IDistributedApplicationTestingBuilder model, string name) =>
        model.Resources.Single(resource => resource.Name == name);

    private static IEnumerable<string> References(IDistributedApplicationTestingBuilder model, string project) =>
        Find(model, project).Annotations.OfType<ResourceRelationshipAnnotation>()
            .Where(relationship => relationship.Type == "Reference")
            .Select(relationship => relationship.Resource.Name);
}
