using System.Runtime.InteropServices;
using Npgsql;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Checks what the other verbs need: profiles.yml, dbt_project.yml, git, the connection.</summary>
internal sealed class DebugVerb(ProjectHeader header, ProfileSearch search, EventLog log)
{
    private readonly List<string> _failures = [];

    /// <param name="fallback">The platform's connection, which serves when no profile is found; null when there is none.</param>
    /// <param name="connectionOnly">Check the connection alone.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>True when all checks passed.</returns>
    public async Task<bool> RunAsync(NpgsqlDataSource? fallback, bool connectionOnly, CancellationToken cancellationToken)
    {
        Say($"dbt version: {DbtVersion.Text}");
        Say($"platform version: {typeof(DebugVerb).Assembly.GetName().Version}");
        Say($".NET version: {Environment.Version}");
        Say($"os info: {RuntimeInformation.OSDescription}");
        var (profile, found) = FindProfile(fallback is not null);
        Say($"Using profiles dir at {string.Join(", ", search.Directories)}");
        Say($"Using dbt_project.yml file at {Path.Combine(header.Directory, ProjectFile.FileName)}");
        Say("adapter type: postgres");
        if (connectionOnly)
        {
            Say("Skipping steps before connection verification");
        }
        else
        {
            CheckProject(profile, found);
            await CheckGitAsync(cancellationToken);
        }

        await using var dataSource = profile?.CreateDataSource() ?? fallback;
        await CheckConnectionAsync(dataSource, profile?.ToTarget(), cancellationToken);
        if (_failures.Count == 0)
        {
            Result(Paint.Green("All checks passed!"));
            return true;
        }

        Result(Paint.Red($"{(_failures.Count == 1 ? "1 check" : $"{_failures.Count} checks")} failed:"));
        _failures.ForEach(Result);
        return false;
    }

    private (PostgresProfile? Profile, string Status) FindProfile(bool hasFallback)
    {
        try
        {
            if (search.Find() is { } profile)
            {
                return (profile, Paint.Green("OK found and valid"));
            }

            if (hasFallback)
            {
                return (null, Paint.Green("OK not needed: the platform's connection serves"));
            }

            throw search.NotFound("");
        }
        catch (TransformException fault)
        {
            _failures.Add($"Profile loading failed for the following reason:\n{fault.Message}");
            return (null, Paint.Red("ERROR not found or invalid"));
        }
    }

    private void CheckProject(PostgresProfile? profile, string found)
    {
        Say("Configuration:");
        Say($"  profiles.yml file [{found}]");
        if (header.IsAbsent)
        {
            _failures.Add($"Project loading failed for the following reason:\n project path <{Path.Combine(header.Directory, ProjectFile.FileName)}> not found");
        }

        if (header.Fault is { } fault)
        {
            _failures.Add($"Project loading failed for the following reason:\n{fault}");
        }

        var state = header.IsAbsent ? Paint.Red("ERROR not found") : header.Fault is not null ? Paint.Red("ERROR invalid") : Paint.Green("OK found and valid");
        Say($"  dbt_project.yml file [{state}]");
        if (profile is not null)
        {
            Say($"  profile: {profile.ProfileName} [{Paint.Green("OK found")}]");
            Say($"  target: {profile.TargetName} [{Paint.Green("OK found")}]");
        }
    }

    private async Task CheckGitAsync(CancellationToken cancellationToken)
    {
        Say("Required dependencies:");
        try
        {
            using var git = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("git", "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await git.WaitForExitAsync(cancellationToken);
            Say($" - git [{Paint.Green("OK found")}]");
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            Say($" - git [{Paint.Red("ERROR")}]");
            _failures.Add($"Error from git --version: {fault.Message}. Packages from git cannot be installed; install git.");
        }
    }

    private async Task CheckConnectionAsync(NpgsqlDataSource? dataSource, TargetInfo? target, CancellationToken cancellationToken)
    {
        if (dataSource is null)
        {
            Say("Connection test skipped since no profile was found");
            return;
        }

        Say("Connection:");
        foreach (var (name, value) in Describe(dataSource, target))
        {
            Say($"  {name}: {value}");
        }

        try
        {
            await using var command = dataSource.CreateCommand("select 1 as id");
            await command.ExecuteScalarAsync(cancellationToken);
            Say($"  Connection test: [{Paint.Green("OK connection ok")}]");
        }
        catch (NpgsqlException fault)
        {
            Say($"  Connection test: [{Paint.Red("ERROR")}]");
            _failures.Add(
                $"dbt was unable to connect to the specified database.\nThe database returned the following error:\n\n  >{fault.Message}\n\n"
                + "Check your database credentials and try again.");
        }
    }

    private static IEnumerable<(string Name, object? Value)> Describe(NpgsqlDataSource dataSource, TargetInfo? target)
    {
        var connection = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        yield return ("host", connection.Host);
        yield return ("port", connection.Port);
        yield return ("user", connection.Username);
        yield return ("database", connection.Database);
        if (target is null)
        {
            yield break;
        }

        yield return ("schema", target.Schema);
        foreach (var (name, value) in target.Settings)
        {
            yield return (name, value);
        }
    }

    private void Say(string line) => log.Info("DebugCmdOut", "Z047", line);

    private void Result(string line) => log.Info("DebugCmdResult", "Z048", line);
}
