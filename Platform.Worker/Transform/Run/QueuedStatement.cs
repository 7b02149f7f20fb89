namespace Platform.Worker.Transform.Run;

/// <summary>The answer of a queued statement; asking for it sends the queue.</summary>
internal sealed class QueuedStatement(PostgresSession session)
{
    private QueryResult? _result;

    public QueryResult Result
    {
        get
        {
            if (_result is null)
            {
                session.Flush();
            }

            return _result ?? QueryResult.Empty;
        }
    }

    public void Complete(QueryResult result) => _result = result;
}
