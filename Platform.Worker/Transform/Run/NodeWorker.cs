using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// One thread of a build and its session: takes nodes until there are none. In a plain build a session that the server ended is the fault of
/// the node that ran, as in dbt, and the next node gets a new one; only when there is none to be had the build stops.
/// </summary>
internal sealed class NodeWorker(NodeScheduler scheduler, BuildState build, Func<PostgresSession> open, NodeRunner runner)
{
    public void Work()
    {
        PostgresSession? session = null;
        try
        {
            session = open();
            while (session is not null && scheduler.Take() is { } run)
            {
                Run(run, session);
                if (!session.IsOpen)
                {
                    session.Dispose();
                    session = Reopen();
                }
            }
        }
        catch
        {
            scheduler.Stop(null);
            throw;
        }
        finally
        {
            session?.Dispose();
        }
    }

    private void Run(NodeRun run, PostgresSession session)
    {
        var work = run;
        try
        {
            scheduler.Report(run, null);
            if (run.Batch is null && MicrobatchPlan.Applies(run.Node) && runner.Plan(run, session) is var (microbatch, failure))
            {
                if (microbatch is null)
                {
                    scheduler.Finish(run, failure!);
                    return;
                }

                work = microbatch.First();
                scheduler.Report(work, null);
            }

            scheduler.Finish(work, runner.Run(work, session));
        }
        catch (NpgsqlException fault) when (!build.BuildsCandidates)
        {
            // A plain run has results to show and to retry from, also when the warehouse goes away.
            scheduler.Finish(work, NodeRunner.Result(work, new NodeOutcome(NodeStatus.Error) { Message = Describe(fault, work) }, TimeSpan.Zero, session.Thread));
        }
    }

    /// <summary>A new session; null when the warehouse cannot be reached, and the plain build has been stopped.</summary>
    private PostgresSession? Reopen()
    {
        try
        {
            var session = open();
            session.Flush();
            return session;
        }
        catch (NpgsqlException) when (!build.BuildsCandidates)
        {
            scheduler.Stop("Skipped: the warehouse cannot be reached");
            return null;
        }
    }

    private static string Describe(NpgsqlException fault, NodeRun run)
    {
        var message = fault is PostgresException server
            ? $"{server.MessageText} (SQLSTATE {server.SqlState})"
            : $"the warehouse cannot be reached: {fault.InnerException?.Message ?? fault.Message}";
        return new TransformError(run.Node.At, $"{message}. See that the server is well, then use 'retry'.") { Kind = ErrorKind.Database }
            .Of(run.Node.ResourceTypeName, run.Node.Name, run.Node.OriginalFilePath);
    }
}
