using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>One invocation of a verb: its arguments, its connection, the engine on it, and where it tells what happens.</summary>
internal sealed record VerbRun(VerbArguments Arguments, NpgsqlDataSource DataSource, TransformEngine Engine, EventLog Log, TimeProvider Time)
{
    public RunSummary Summary { get; } = new(Log);

    public BuildRequest Request => Arguments.Request;

    public static VerbRun Create(
        VerbArguments arguments, NpgsqlDataSource dataSource, TransformOptions options, EventLog log, TimeProvider time, JoinedPackages joined) =>
        new(arguments, dataSource, new TransformEngine(dataSource, Options.Create(options), time, NullLogger<TransformEngine>.Instance, joined), log, time);

    /// <summary>Parses and selects; tells what was found.</summary>
    public async Task<BuildState> PrepareAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        var build = await Engine.PrepareAsync(request with { InvocationId = Log.InvocationId }, Log, cancellationToken);
        foreach (var warning in build.Project.Warnings)
        {
            Log.Warn(warning.Event, warning.At, warning.Message);
        }

        if (request.StateDirectory is { } state && Full(state) == Full(request.TargetPath ?? ArtifactPaths.DefaultTarget))
        {
            Log.Write(new LogEvent(
                "WarnStateTargetEqual", "I072", EventLevel.Warn,
                Paint.Yellow($"Warning: The state and target directories are the same: '{state}'. This run writes over what it compares with. Give --state another folder.")));
        }

        Summary.Found(build.Project);
        return build;

        string Full(string folder) => Path.GetFullPath(Path.Combine(build.Project.Invocation.Packages[0].Root, folder));
    }
}
