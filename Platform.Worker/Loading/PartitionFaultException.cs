namespace Platform.Worker.Loading;

/// <summary>A partition cannot be loaded as it is; nothing of it was changed. Landing a corrected partition is the remedy.</summary>
internal sealed class PartitionFaultException(string message, Exception? innerException = null) : DataFaultException(message, innerException)
{
    public required string Domain { get; init; }

    public required DateOnly Partition { get; init; }

    /// <summary>The dataset at fault; null when the partition as a whole is.</summary>
    public string? Dataset { get; init; }

    /// <summary>Line of the file, from 1; null when the fault is not at a line.</summary>
    public long? Line { get; init; }

    /// <summary>
    /// The load whose rows were all read and which was refused as a whole; its rejected rows can be kept. Null when reading did not get that far.
    /// </summary>
    public long? RefusedLoad { get; init; }
}
