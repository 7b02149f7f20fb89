using System.Text.Json;
using MimeKit;
using Platform.Testing;
using Platform.Worker.Pipeline;
using SmtpServer.Protocol;

namespace Platform.Worker.Tests.Pipeline.Alerts;

/// <summary>Whole Workers with receivers of each kind on loopback sockets.</summary>
public sealed class AlertReceiversTests(EmbeddedServers servers)
{
    private static readonly DateOnly Day = new(2026, 1, 5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunFails_EveryKindOfReceiver_IsToldWhatWhereAndWhatToDo()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var mails = MailSink.Start();
        mails.Refusals.Enqueue(new SmtpResponse(SmtpReplyCode.ServiceUnavailable, "come back later"));
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        pipeline.Work = (task, _, _) => task == "load_a" ? throw new DataFaultException("orders.csv(7): <amount> & more") : Task.FromResult(new TaskOutcome());
        await using var worker = await TestWorker.StartAsync(pipeline, settings: Settings(
            ("BaseUrl", "https://platform.example/ops/"),
            ("Receivers:chat:Kind", "slack"), ("Receivers:chat:Url", $"{webhook.Url}/slack"),
            ("Receivers:team:Kind", "teams"), ("Receivers:team:Url", $"{webhook.Url}/teams"),
            ("Receivers:program:Kind", "json"), ("Receivers:program:Url", $"{webhook.Url}/json"), ("Receivers:program:ApiKey", "key"),
            ("Receivers:mail:Kind", "email"), ("Receivers:mail:Host", "127.0.0.1"), ("Receivers:mail:Port", $"{mails.Port}"), ("Receivers:mail:Security", "none"),
            ("Receivers:mail:From", "Platform <platform@example.org>"), ("Receivers:mail:To:0", "ops@example.org"), ("Receivers:mail:To:1", "data@example.org")));

        await pipeline.RunAsync([Day]);
        await TestWorker.UntilAsync(() => Task.FromResult(webhook.Taken.Count == 3 && mails.Mails.Count == 1));

        var slack = Of(webhook, "/slack");
        Assert.Equal("Run failed (data fault): etl_full_pipeline_daily 2026-01-05", slack.GetProperty("text").GetString());
        var text = slack.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString()!;
        Assert.Contains("load_a: orders.csv(7): &lt;amount&gt; &amp; more", text, StringComparison.Ordinal);
        Assert.Contains("*What to do:* Correct the file, land it again, then 'run --date 2026-01-05'", text, StringComparison.Ordinal);
        Assert.Contains("<https://platform.example/ops/api/v1/runs/2026-01-05|The run>", text, StringComparison.Ordinal);

        var card = Of(webhook, "/teams").GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", card.GetProperty("contentType").GetString());
        Assert.Equal("AdaptiveCard 1.4", $"{card.GetProperty("content").GetProperty("type")} {card.GetProperty("content").GetProperty("version")}");
        Assert.Equal(
            [@"Run failed (data fault): etl\_full\_pipeline\_daily 2026-01-05", @"load\_a: orders.csv(7): <amount> & more"],
            card.GetProperty("content").GetProperty("body").EnumerateArray().Take(2).Select(block => block.GetProperty("text").GetString()));
        Assert.Equal("https://platform.example/ops/api/v1/runs/2026-01-05", card.GetProperty("content").GetProperty("actions")[0].GetProperty("url").GetString());

        var json = Of(webhook, "/json");
        var alert = json.GetProperty("alerts")[0];
        Assert.Equal((1, "run_failed", "error", "data"), (json.GetProperty("version").GetInt32(), Text("event"), Text("severity"), Text("kind")));
        Assert.Equal(("etl_full_pipeline_daily", "2026-01-05", "load_a: orders.csv(7): <amount> & more"), (Text("pipeline"), Text("data_date"), Text("message")));
        Assert.Equal("Bearer key", webhook.Taken.Single(request => request.Authorization is not null).Authorization);

        var mail = mails.Mails.Single();
        Assert.Equal("Run failed (data fault): etl_full_pipeline_daily 2026-01-05", mail.Subject);
        Assert.Equal(["ops@example.org", "data@example.org"], mail.To.Mailboxes.Select(box => box.Address));
        Assert.Equal("platform@example.org", Assert.Single(mail.From.Mailboxes).Address);
        Assert.Contains("The run: https://platform.example/ops/api/v1/runs/2026-01-05", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("What to do: Correct the file", mail.TextBody, StringComparison.Ordinal);

        string? Text(string name) => alert.GetProperty(name).GetString();
    }

    [Fact]
    public async Task TwoWorkers_OneReceiver_GetsEveryAlertOnce()
    {
        await using var webhook = await WebhookReceiver.StartAsync();
        await using var pipeline = await TestPipeline.CreateAsync(servers);
        var settings = Settings(("Receivers:ops:Kind", "json"), ("Receivers:ops:Url", $"{webhook.Url}"));
        await using var one = await TestWorker.StartAsync(pipeline, settings: settings);
        await using var two = await TestWorker.StartAsync(pipeline, settings: settings);
        pipeline.Work = (_, _, _) => throw new DataFaultException("bad file");
        // Now and then the receiver is out of order.
        for (var i = 0; i < 3; i++)
        {
            webhook.Refuse(503);
        }

        for (var day = 0; day < 10; day++)
        {
            await pipeline.RunAsync([Day.AddDays(day)]);
        }
        await TestWorker.UntilAsync(async () => (await pipeline.QueryAsync("select count(*) from meta.alert_delivery where state = 'sent'")).SequenceEqual(["10"]));

        Assert.Equal(10, webhook.Ids.Count);
        Assert.Equal(10, webhook.Ids.Distinct().Count());
    }

    [Fact]
    public async Task Receivers_LackWhatTheirKindNeeds_AreAllNamedAtTheStart()
    {
        await using var pipeline = await TestPipeline.CreateAsync(servers);

        var fault = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestWorker.StartAsync(pipeline, settings: Settings(
            ("BaseUrl", "platform.example"),
            ("Receivers:a:Kind", "pager"), ("Receivers:b:Kind", "slack"), ("Receivers:c:Kind", "teams"), ("Receivers:c:Url", "ftp://s3cr3t.example"),
            ("Receivers:d:Kind", "email"), ("Receivers:d:Password", "s3cr3t"), ("Receivers:d:Security", "none"), ("Receivers:d:Port", "0"),
            ("Receivers:d:From", "nobody@"), ("Receivers:e:Kind", "slack"), ("Receivers:e:Url", "https://s3cr3t.example"), ("Receivers:e:ApiKey", "s3cr3t"))));

        Assert.All(
            [
                "Alerts:BaseUrl", "Alerts:Receivers:a:Kind 'pager'", "Alerts:Receivers:b:Url", "Alerts:Receivers:c:Url", "Alerts:Receivers:d:Host",
                "Alerts:Receivers:d:Port 0", "Alerts:Receivers:d: User and Password", "Alerts:Receivers:d:Security none", "Alerts:Receivers:d:From",
                "Alerts:Receivers:d:To is empty", "Alerts:Receivers:e:ApiKey",
            ],
            part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cr3t", fault.Message, StringComparison.Ordinal);
    }

    private static JsonElement Of(WebhookReceiver webhook, string path) =>
        webhook.Taken.Single(request => request.Path.EndsWith(path, StringComparison.Ordinal)).Body;

    private static (string Key, string Value)[] Settings(params (string Key, string Value)[] settings) =>
    [
        .. settings.Select(setting => ($"Alerts:{setting.Key}", setting.Value)),
        ("Alerts:Interval", "00:00:00.050"), ("Alerts:RetryDelay", "00:00:00.050"),
    ];
}
