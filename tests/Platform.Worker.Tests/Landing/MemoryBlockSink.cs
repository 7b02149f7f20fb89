using System.Buffers;
using Platform.Worker.Landing;

namespace Platform.Worker.Tests.Landing;

/// <summary>Keeps a file in memory.</summary>
internal sealed class MemoryBlockSink : IBlockSink
{
    private readonly ArrayBufferWriter<byte> _content = new();

    /// <summary>Blocks taken before the last one.</summary>
    public int StagedBlocks { get; private set; }

    /// <summary>The file; null until it is committed.</summary>
    public byte[]? Committed { get; private set; }

    public Task StageAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        StagedBlocks++;
        _content.Write(block.Span);
        return Task.CompletedTask;
    }

    public Task CommitAsync(ReadOnlyMemory<byte> lastBlock, CancellationToken cancellationToken)
    {
        _content.Write(lastBlock.Span);
        Committed = _content.WrittenSpan.ToArray();
        return Task.CompletedTask;
    }
}
