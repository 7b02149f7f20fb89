using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Packages;

/// <summary>Checks out one revision of a repository with the git program.</summary>
internal sealed partial class GitProgram(Func<string, string> scrub)
{
    /// <summary>Fetches the revision alone, without history, unless it is there already. Returns the commit.</summary>
    /// <exception cref="TransformException">There is no git, no such repository, or no such revision.</exception>
    public async Task<string> CheckoutAsync(
        string url, string revision, string directory, string package, SourceLocation at, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.Combine(directory, ".git")))
        {
            Directory.CreateDirectory(directory);
            await RunAsync(directory, package, at, ["init", "--quiet"], cancellationToken);
            await RunAsync(directory, package, at, ["remote", "add", "origin", "--", url], cancellationToken);
            var wanted = Commit().IsMatch(revision) ? revision : await FindAsync(directory, revision, package, at, cancellationToken);
            await FetchAsync(directory, wanted, package, at, cancellationToken);
            await RunAsync(directory, package, at, ["checkout", "--quiet", "--detach", "FETCH_HEAD"], cancellationToken);
        }

        return (await RunAsync(directory, package, at, ["rev-parse", "HEAD"], cancellationToken)).Trim();
    }

    /// <summary>The full name of a tag or branch; a tag wins, as in dbt.</summary>
    private async Task<string> FindAsync(string directory, string revision, string package, SourceLocation at, CancellationToken cancellationToken)
    {
        var references = (await RunAsync(directory, package, at, ["ls-remote", "--quiet", "origin"], cancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf('\t') + 1)..].Trim()).ToHashSet();
        if (revision == PinnedGitPackage.DefaultRevision)
        {
            return revision;
        }

        foreach (var prefix in (string[])["refs/tags/", "refs/heads/"])
        {
            if (references.Contains(prefix + revision))
            {
                return prefix + revision;
            }
        }

        var known = references.Where(name => name.StartsWith("refs/tags/", StringComparison.Ordinal) || name.StartsWith("refs/heads/", StringComparison.Ordinal))
            .Where(name => !name.EndsWith("^{}", StringComparison.Ordinal)).Select(name => name.Split('/', 3)[2]).Order(StringComparer.Ordinal).ToList();
        throw new TransformException(
            at,
            scrub($"the git package '{package}' has no branch or tag '{revision}'. ")
            + (known.Count == 0 ? "It has none at all." : $"Use one of {string.Join(", ", known.TakeLast(10))}, or a whole commit hash."));
    }

    private async Task FetchAsync(string directory, string wanted, string package, SourceLocation at, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(directory, package, at, ["fetch", "--quiet", "--depth", "1", "origin", wanted], cancellationToken);
        }
        catch (TransformException) when (Commit().IsMatch(wanted))
        {
            // Some servers do not give out a commit by its hash; with the whole history it is here.
            await RunAsync(directory, package, at, ["fetch", "--quiet", "--tags", "origin"], cancellationToken);
            await RunAsync(directory, package, at, ["update-ref", "FETCH_HEAD", wanted], cancellationToken);
        }
    }

    private async Task<string> RunAsync(string directory, string package, SourceLocation at, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["GIT_TERMINAL_PROMPT"] = "0", ["LC_ALL"] = "C" },
        };
        using var process = Start(start, package, at);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var faults = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? await output
                : throw new TransformException(
                    at,
                    scrub($"the git package '{package}' cannot be fetched: {(await faults).Trim()}. ")
                    + "Check the URL, the revision and that git has access to it (git ls-remote).");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start, string package, SourceLocation at)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new TransformException(at, $"the package '{package}' needs git, which is not installed or not in PATH. Install it from https://git-scm.com.", fault);
        }
    }

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();
}
