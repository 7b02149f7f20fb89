using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Docs;

/// <summary>What the documentation tells a reader to type works, and where it points, something is.</summary>
public sealed partial class DocumentationTests(PlatformFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readme_Queries_AreAnswered()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var api = new HttpClient { BaseAddress = platform.Api };
        var queries = new MarkdownPage("README.md").CodeLines
            .Select(line => Query().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(queries);
        foreach (var query in queries)
        {
            using var answer = await JsonDocument.ParseAsync(await api.GetStreamAsync(query, Cancellation), cancellationToken: Cancellation);
            Assert.NotEqual(0, answer.RootElement.GetProperty("rows").GetArrayLength());
        }
    }

    [Fact]
    public void Readme_QuickStart_NamesTheProjectThatStarts_AndTheCommandThatCiRuns()
    {
        var commands = new MarkdownPage("README.md").CodeLines.Select(line => line.Trim()).ToList();

        Assert.Contains("dotnet run --project Platform.AppHost", commands);
        Assert.True(File.Exists(Path.Combine(Repository.Root, "Platform.AppHost", "Platform.AppHost.csproj")));
        Assert.Contains("dotnet test", commands);
        Assert.Matches(TestCommand(), File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")));
    }

    [Fact]
    public void Pages_LinksToFiles_LeadSomewhere() =>
        Assert.Empty(MarkdownPage.All.SelectMany(page => new MarkdownPage(page).BrokenLinks));

    [GeneratedRegex("""^curl '[a-z]+://[^/]+(/[^']+)'""")]
    private static partial Regex Query();

    /// <summary>The test command as a line of the script, with nothing before it but <c>env</c> and its options.</summary>
    [GeneratedRegex("""^(env (-\S+ )*)?dotnet test 2>&1 """, RegexOptions.Multiline)]
    private static partial Regex TestCommand();
}
