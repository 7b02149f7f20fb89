using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>Which command of a batch failed. The driver tells only where the connection string asks for it, so it is read off the commands.</summary>
internal static class BatchFault
{
    /// <summary>The index of the first command that was not completed.</summary>
    public static int FailedIndex(NpgsqlBatch batch)
    {
        for (var index = 0; index < batch.BatchCommands.Count; index++)
        {
            if (batch.BatchCommands[index].StatementType is StatementType.Unknown)
            {
                return index;
            }
        }

        return 0;
    }

    public static string FailedText(NpgsqlBatch batch) => batch.BatchCommands.Count == 0 ? "" : batch.BatchCommands[FailedIndex(batch)].CommandText;
}
