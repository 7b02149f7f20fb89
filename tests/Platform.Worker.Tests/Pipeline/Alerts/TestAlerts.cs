using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Alerts;

namespace Platform.Worker.Tests.Pipeline.Alerts;

/// <summary>A Worker's sender of alerts over a test's database, whose turns the test gives.</summary>
internal sealed class TestAlerts : IDisposable
{
    private readonly AlertSender _sender;

    public TestAlerts(TestPipeline pipeline, AlertOptions options, ILogger<AlertDispatcher>? logger = null)
    {
        var wrapped = Options.Create(options);
        Outbox = new AlertOutbox(pipeline.Statements());
        _sender = new AlertSender(new AlertWords(wrapped), wrapped);
        Dispatcher = new AlertDispatcher(Outbox, _sender, new AlertMetrics(pipeline.Meters), wrapped, logger ?? NullLogger<AlertDispatcher>.Instance);
    }

    public AlertOutbox Outbox { get; }

    public AlertDispatcher Dispatcher { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Options with one receiver, of kind json.</summary>
    public static AlertOptions To(WebhookReceiver webhook) => new()
    {
        RetryDelay = TimeSpan.FromMinutes(1),
        Receivers = { ["ops"] = new() { Kind = ReceiverOptions.Json, Url = webhook.Url } },
    };

    public Task SendAsync() => Dispatcher.SendAsync(Token);

    /// <summary>The deliveries, oldest alert first: its event, its receiver and what became of it.</summary>
    public async Task<IReadOnlyList<string>> StatesAsync() =>
    [
        .. from alert in Enumerable.Reverse(await Outbox.LatestAsync(null, 1000, Token))
        from delivery in alert.Deliveries
        select $"{alert.Alert.Event} {delivery.Receiver} {delivery.State} {delivery.Attempts}",
    ];

    public void Dispose() => _sender.Dispose();
}
