using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Following;
using Platform.Worker.Pipeline.Tasks;
using Platform.Worker.Sources;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>
/// The OpenLineage events (spec 2-0-2) of a fact: a run, a task below its run, and the models of a build below their task. A build of several
/// dates is below the run of the newest.
/// </summary>
internal sealed class RunEvents(FileLineage files, ModelLineage models, IOptions<LineageOptions> options)
{
    private string Namespace => options.Value.Namespace;

    public async Task<IReadOnlyList<JsonObject>> OfAsync(RunFact fact, CancellationToken cancellationToken)
    {
        switch (fact)
        {
            case RunStarted started:
                return [OfRun(started, "START", error: null)];
            case RunEnded ended:
                return [OfRun(ended, ended.State switch { RunState.Success => "COMPLETE", RunState.Failed => "FAIL", _ => "ABORT" }, ended.Error)];
            case TaskStarted started:
                return [OfTask(started, started.Task, started.Dates, "START", error: null)];
            case TaskEnded ended:
                return await OfTaskAsync(ended, cancellationToken);
            default:
                return [];
        }
    }

    private JsonObject OfRun(RunFact fact, string type, string? error) => Event(
        fact.At, type, fact.Run.Id, fact.Run.Pipeline, "DAG", Facets(new DataDateRange(fact.Run.Date, fact.Run.Date), error));

    private async Task<IReadOnlyList<JsonObject>> OfTaskAsync(TaskEnded ended, CancellationToken cancellationToken)
    {
        var type = ended.State switch { TaskState.Success or TaskState.Skipped => "COMPLETE", TaskState.Failed => "FAIL", _ => "ABORT" };
        var task = OfTask(ended, ended.Task, ended.Dates, type, ended.Error);
        switch (ended.Made)
        {
            case IReadOnlyList<GeneratedPartition> generated:
                task["outputs"] = files.Outputs(generated);
                return [task];
            case LoadedDomain loaded:
                (task["inputs"], task["outputs"]) = (files.Inputs(loaded), files.Outputs(loaded));
                return [task];
            case BuiltProject built:
                var published = await models.PublishedAsync(built, cancellationToken);
                (task["inputs"], task["outputs"]) = (models.Tested(built), models.Outputs(built));
                return [.. built.Models.SelectMany(model => OfModel(ended, built, published, model)), task];
            default:
                return [task];
        }
    }

    private JsonObject OfTask(RunFact fact, string task, DataDateRange dates, string type, string? error)
    {
        var facets = Facets(dates, error);
        facets["parent"] = Facet.Parent(fact.Run.Pipeline, fact.Run.Id, Namespace);
        return Event(fact.At, type, fact.Run.IdOfPart(task), TaskJob(fact, task), "TASK", facets);
    }

    /// <summary>The start and the end of a model, told when the build has ended.</summary>
    private IEnumerable<JsonObject> OfModel(TaskEnded task, BuiltProject built, PublishedModels published, BuiltModel model)
    {
        foreach (var start in new[] { true, false })
        {
            var facets = Facets(task.Dates, start || !model.Result.IsFailure ? null : model.Result.Message ?? "failed");
            facets["parent"] = Facet.Parent(
                TaskJob(task, task.Task), task.Run.IdOfPart(task.Task), Namespace, (task.Run.Pipeline, task.Run.Id));
            var type = start ? "START" : model.Result.IsFailure ? "FAIL" : "COMPLETE";
            // A model that is built again is another run of it, so its id has the build's.
            var told = Event(
                start ? model.StartedAt : model.EndedAt, type, task.Run.IdOfPart($"{built.Result.InvocationId} {model.Node.UniqueId}"),
                $"{TaskJob(task, task.Task)}.{model.Node.UniqueId}", model.Node.ResourceTypeName.ToUpperInvariant(), facets);
            if (!start)
            {
                told["inputs"] = models.Inputs(built, model);
                told["outputs"] = new JsonArray(models.Output(model, built, published));
            }

            if (model.Result.CompiledCode is { } sql)
            {
                told["job"]!["facets"]!["sql"] = Facet.Sql(sql);
            }

            yield return told;
        }
    }

    private static string TaskJob(RunFact fact, string task) => $"{fact.Run.Pipeline}.{task}";

    private static JsonObject Facets(DataDateRange dates, string? error)
    {
        var facets = new JsonObject { ["nominalTime"] = Facet.NominalTime(dates), ["processing_engine"] = Facet.ProcessingEngine() };
        if (error is not null)
        {
            facets["errorMessage"] = Facet.ErrorMessage(error);
        }

        return facets;
    }

    private JsonObject Event(DateTimeOffset at, string type, Guid run, string job, string jobType, JsonObject facets) => new()
    {
        ["eventTime"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
        ["eventType"] = type,
        ["producer"] = Facet.Producer,
        ["schemaURL"] = Facet.RunEvent,
        ["run"] = new JsonObject { ["runId"] = run, ["facets"] = facets },
        ["job"] = new JsonObject
        {
            ["namespace"] = Namespace, ["name"] = job, ["facets"] = new JsonObject { ["jobType"] = Facet.JobType(jobType) },
        },
    };
}
