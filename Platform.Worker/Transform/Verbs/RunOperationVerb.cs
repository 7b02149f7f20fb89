using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Calls one macro with the arguments of the command line.</summary>
internal static class RunOperationVerb
{
    public static async Task<bool> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var build = await run.PrepareAsync(run.Request with { Nodes = new HashSet<string>() }, cancellationToken);
        var (package, name) = run.Arguments.Flags.Macro!.Split('.', 2) is [var first, var second] ? (first, second) : (null, run.Arguments.Flags.Macro!);
        var root = build.Project.Root.Name;
        var macros = build.Invocation.Macros;
        var macro = (package is null ? macros.Find(root, name) ?? build.Invocation.Packages.Select(other => macros.InPackage(other.Name, name)).FirstOrDefault(found => found is not null)
                : macros.InPackage(package, name))
            ?? throw new TransformException(
                new SourceLocation("run-operation"), $"dbt could not find a macro with the name '{run.Arguments.Flags.Macro}' in any package");
        var node = InlineNode.Macro(build, $"macro.{package ?? root}.{name}", package ?? root, name);
        var started = run.Time.GetTimestamp();
        var results = await run.Engine.RunEachAsync(
            build, [node],
            (operation, session) => new MacroExecution(build, operation, session, macro, run.Arguments.Flags.MacroArguments, cancellationToken),
            cancellationToken);
        var result = results[0] with { Failures = results[0].IsFailure ? 1 : 0 };
        var artifacts = new ArtifactsFolder(run.Arguments, run.Time);
        artifacts.WriteManifest(build);
        artifacts.WriteResults(build, new BuildResult(!result.IsFailure, build.Invocation.Id, null, [result], run.Time.GetElapsedTime(started)));
        if (result.IsFailure)
        {
            run.Log.Write(new LogEvent("RunningOperationCaughtError", "Q001", EventLevel.Error, $"Encountered an error while running operation: {result.Message}")
            {
                Data = new Dictionary<string, object?> { ["exc"] = result.Message },
            });
        }

        return !result.IsFailure;
    }
}
