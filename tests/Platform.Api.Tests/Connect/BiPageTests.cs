using System.Diagnostics;
using System.Text.RegularExpressions;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Connect;

/// <summary>The commands of docs/bi.md, run as they are written against a server that wants a key.</summary>
public sealed partial class BiPageTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private const string Key = "a-key-of-more-than-16-characters";

    [Theory]
    [InlineData("bash")]
    [InlineData("python")]
    public async Task Page_CommandsOfALanguage_Succeed(string language)
    {
        await using var server = new ApiServer(
            SampleDatabase.ApiConnectionString(sample.Database),
            environment: "Production",
            settings: new() { ["Access:ApiKeys:0:Name"] = "docs", ["Access:ApiKeys:0:Key"] = Key });
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "bi.md"), TestContext.Current.CancellationToken);
        var blocks = Block().Matches(page).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["code"].Value).ToArray();
        Assert.NotEmpty(blocks);
        var folder = Directory.CreateTempSubdirectory("bi");
        try
        {
            foreach (var block in blocks)
            {
                var code = string.Join('\n', block.Split('\n').Select(line => line.StartsWith("   ", StringComparison.Ordinal) && block.StartsWith("   ", StringComparison.Ordinal) ? line[3..] : line))
                    .Replace("http://localhost:8080", server.Client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);
                var (exit, output) = await RunAsync(language == "bash" ? "bash" : "python3", language == "bash" ? $"set -euo pipefail\n{code}" : code, folder.FullName);
                Assert.True(exit == 0, $"{code}\n{output}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Exit, string Output)> RunAsync(string program, string code, string folder)
    {
        var start = new ProcessStartInfo(program, ["-c", code]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PLATFORM_KEY"] = Key;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex(@"^ *```(?<language>[a-z]+)\n(?<code>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
