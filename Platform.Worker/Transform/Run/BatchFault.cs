using Npgsql;

namespace Platform.Worker.Transform.Run;

/// <summary>Which command of a batch failed. The driver tells only where the connection string asks for it, so it is read off the commands.</summary>
internal static class BatchFault
{
    /// <summary>How many commands were completed.</summary>
    public static int Completed(NpgsqlBatch batch)
    {
        var index = 0;
        while (index < batch.BatchCommands.Count && batch.BatchCommands[index].StatementType is not StatementType.Unknown)
        {
            index++;
        }

        return index;
    }

    /// <summary>The index of the first command that was not completed.</summary>
    public static int FailedIndex(NpgsqlBatch batch) => Completed(batch) is var index && index < batch.BatchCommands.Count ? index : 0;

    public static string FailedText(NpgsqlBatch batch) => batch.BatchCommands.Count == 0 ? "" : batch.BatchCommands[FailedIndex(batch)].CommandText;
}
