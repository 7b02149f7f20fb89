using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Platform.Worker.Tests.Pipeline.Alerts;

/// <summary>An SMTP server on loopback that keeps the mails that it takes.</summary>
internal sealed class MailSink : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private MailSink(int port, X509Certificate2? certificate, bool tlsFromTheFirstByte, string? password)
    {
        Port = port;
        var services = new ServiceProvider();
        services.Add(new Store(this));
        services.Add(new Doorman(password));
        var options = new SmtpServerOptionsBuilder().ServerName("localhost")
            .Endpoint(endpoint =>
            {
                endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, port)).IsSecure(tlsFromTheFirstByte).AuthenticationRequired(password is not null);
                if (certificate is not null)
                {
                    endpoint.Certificate(certificate);
                }
            }).Build();
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>The mails that were taken.</summary>
    public ConcurrentQueue<MimeMessage> Mails { get; } = new();

    /// <summary>How the next mails are answered instead.</summary>
    public ConcurrentQueue<SmtpResponse> Refusals { get; } = new();

    /// <param name="certificate">Offers TLS with it; null for none.</param>
    /// <param name="tlsFromTheFirstByte">Or after STARTTLS.</param>
    /// <param name="password">Takes mail of 'ops' with this password only, and hears it over TLS only; null for mail of everybody.</param>
    public static MailSink Start(X509Certificate2? certificate = null, bool tlsFromTheFirstByte = false, string? password = null) =>
        new(FreePort(), certificate, tlsFromTheFirstByte, password);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Doorman(string? password) : UserAuthenticator
    {
        public override Task<bool> AuthenticateAsync(ISessionContext context, string user, string shown, CancellationToken cancellationToken) =>
            Task.FromResult(user == "ops" && shown == password);
    }

    private sealed class Store(MailSink sink) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (sink.Refusals.TryDequeue(out var refusal))
            {
                return refusal;
            }
            using var content = new MemoryStream(buffer.ToArray());
            sink.Mails.Enqueue(await MimeMessage.LoadAsync(content, cancellationToken));
            return SmtpResponse.Ok;
        }
    }
}
