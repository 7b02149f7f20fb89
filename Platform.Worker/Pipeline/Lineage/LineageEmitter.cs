using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Following;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>
/// Sends OpenLineage events of what it hears, in order and beside the runs. What comes to a full queue, or cannot be delivered, is dropped,
/// counted and told. Disposing it sends what still waits, for as long as <see cref="LineageOptions.FlushTimeout"/>.
/// </summary>
internal sealed class LineageEmitter(
    RunEvents events, LineageClient client, LineageMetrics metrics, IOptions<LineageOptions> options, ILogger<LineageEmitter> logger)
    : IRunObserver, IAsyncDisposable
{
    private readonly Channel<RunFact> _queue = Channel.CreateBounded<RunFact>(
        new BoundedChannelOptions(options.Value.QueueCapacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _starting = new();
    private Task? _sending;

    public void Observe(RunFact fact)
    {
        if (options.Value.Endpoint is null)
        {
            return;
        }

        if (_queue.Writer.TryWrite(fact))
        {
            metrics.Queued(_queue.Reader.Count);
        }
        else
        {
            Drop("the queue is full");
        }

        Start();
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_sending is { } sending)
        {
            _stop.CancelAfter(options.Value.FlushTimeout);
            await sending;
        }

        _stop.Dispose();
    }

    private void Start()
    {
        if (_sending is not null)
        {
            return;
        }

        lock (_starting)
        {
            // Not a part of the trace of whichever run comes first.
            using (ExecutionContext.SuppressFlow())
            {
                _sending ??= Task.Run(SendAsync);
            }
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var fact in _queue.Reader.ReadAllAsync(_stop.Token))
            {
                metrics.Queued(_queue.Reader.Count);
                await SendAsync(fact);
            }
        }
        catch (OperationCanceledException)
        {
            var left = 0;
            for (; _queue.Reader.TryRead(out _); left++)
            {
                metrics.Dropped();
            }

            Log.NotFlushed(logger, left, options.Value.FlushTimeout);
        }
    }

    private async Task SendAsync(RunFact fact)
    {
        IReadOnlyList<JsonObject> told;
        try
        {
            told = await events.OfAsync(fact, _stop.Token);
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            // The warehouse went away, or the fact is one that cannot be told: no reason to stop telling the others.
            Drop(exception.Message);
            return;
        }

        foreach (var one in told)
        {
            if (await client.SendAsync(one, _stop.Token) is { } refusal)
            {
                Drop(refusal);
            }
            else
            {
                metrics.Sent();
            }
        }
    }

    private void Drop(string reason)
    {
        var dropped = metrics.Dropped();
        // One line for the first, and then for each power of ten: an endpoint that is down for a day does not fill the log.
        if (Math.Log10(dropped) is var power && power == Math.Floor(power))
        {
            Log.Dropped(logger, dropped, options.Value.Endpoint!, reason);
        }
    }
}
