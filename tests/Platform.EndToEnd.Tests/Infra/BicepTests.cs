using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests.Infra;

/// <summary>
/// The templates compile and lint without a word: wrong property names and types are mere warnings to Bicep. Their parameter files give what
/// they ask for.
/// </summary>
public sealed partial class BicepTests
{
    // What azd itself puts into its environment.
    private static readonly string[] AzdVariables =
    [
        "AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE", "SERVICE_WORKER_IMAGE_NAME", "SERVICE_API_IMAGE_NAME",
    ];

    private static string Infra { get; } = Path.Combine(Repository.Root, "infra");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> DeployedTemplates => new("main", "modules/worker", "modules/api");

    [Theory]
    [MemberData(nameof(DeployedTemplates))]
    public async Task Build_EveryDeployedTemplate_SaysNothing(string template)
    {
        var (exitCode, _, diagnostics) = await BicepCommandLine.RunAsync(Cancellation, "build", "--stdout", $"infra/{template}.bicep");

        Assert.Equal("", diagnostics);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Lint_OfAllTemplates_SaysNothing()
    {
        var (exitCode, output, diagnostics) = await BicepCommandLine.RunAsync(Cancellation, "lint", "--pattern", "infra/**/*.bicep");

        Assert.Equal("", output + diagnostics);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [MemberData(nameof(DeployedTemplates))]
    public async Task ParameterFile_GivesWhatTheTemplateAsksFor_AndNothingElse(string template)
    {
        using var compiled = await CompileAsync(template);
        using var file = JsonDocument.Parse(await ParameterFileAsync(template));
        var parameters = compiled.RootElement.GetProperty("parameters").EnumerateObject().ToList();

        var given = file.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).ToHashSet();

        Assert.Subset(parameters.Select(parameter => parameter.Name).ToHashSet(), given);
        Assert.Superset(parameters.Where(parameter => !parameter.Value.TryGetProperty("defaultValue", out _)).Select(parameter => parameter.Name).ToHashSet(), given);
    }

    [Theory]
    [MemberData(nameof(DeployedTemplates))]
    public async Task ParameterFile_TakesValues_FromAzdOrTheOutputsOfMain(string template)
    {
        using var main = await CompileAsync("main");
        var known = main.RootElement.GetProperty("outputs").EnumerateObject().Select(output => output.Name).Concat(AzdVariables).ToHashSet();

        var used = Variable().Matches(await ParameterFileAsync(template)).Select(match => match.Groups["name"].Value).ToHashSet();

        Assert.NotEmpty(used);
        Assert.Subset(known, used);
    }

    [Fact]
    public async Task Main_HasNoPasswordAndNoSharedKey()
    {
        var (_, template, _) = await BicepCommandLine.RunAsync(Cancellation, "build", "--stdout", "infra/main.bicep");

        Assert.Contains("\"passwordAuth\": \"Disabled\"", template, StringComparison.Ordinal);
        Assert.Contains("\"allowSharedKeyAccess\": false", template, StringComparison.Ordinal);
        Assert.Contains("\"adminUserEnabled\": false", template, StringComparison.Ordinal);
        Assert.DoesNotContain("administratorLoginPassword", template, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> CompileAsync(string template)
    {
        var (_, output, _) = await BicepCommandLine.RunAsync(Cancellation, "build", "--stdout", $"infra/{template}.bicep");
        return JsonDocument.Parse(output);
    }

    private static Task<string> ParameterFileAsync(string template) =>
        File.ReadAllTextAsync(Path.Combine(Infra, $"{template}.parameters.json"), Cancellation);

    [GeneratedRegex(@"\$\{(?<name>\w+)(=[^}]*)?\}")]
    private static partial Regex Variable();
}
