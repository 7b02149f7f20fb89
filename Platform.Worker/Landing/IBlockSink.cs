namespace Platform.Worker.Landing;

/// <summary>Takes a file block by block; nothing of it is visible before <see cref="CommitAsync"/>.</summary>
internal interface IBlockSink
{
    /// <summary>Takes a block that is not the last one. The memory is free again when the task is done.</summary>
    Task StageAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken);

    /// <summary>Takes the last block and makes the file visible, in place of what was there before.</summary>
    Task CommitAsync(ReadOnlyMemory<byte> lastBlock, CancellationToken cancellationToken);
}
