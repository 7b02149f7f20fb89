using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Alerts.Formats;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>Sends a message to a receiver, once.</summary>
internal sealed class AlertSender(AlertWords words, IOptions<AlertOptions> options) : IDisposable
{
    // Of its own, and traced by nobody: the address of a webhook is its secret.
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <returns>Why the message was not taken, without secrets, and how long the receiver asks to be left alone; null when it was.</returns>
    public async Task<AlertRefusal?> SendAsync(string name, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var receiver = options.Value.Receivers[name];
        AlertText[] texts = [.. alerts.Select(words.Of)];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.RequestTimeout);
        try
        {
            return receiver.Kind switch
            {
                ReceiverOptions.Email => await MailAsync(name, receiver, texts, limit.Token),
                ReceiverOptions.Slack => await PostAsync(receiver, SlackMessage.Of(texts), limit.Token),
                ReceiverOptions.Teams => await PostAsync(receiver, TeamsMessage.Of(texts), limit.Token),
                _ => await PostAsync(receiver, JsonMessage.Of(texts), limit.Token),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"no answer in {options.Value.RequestTimeout}");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Without(receiver, exception.Message));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<AlertRefusal?> PostAsync(ReceiverOptions receiver, JsonObject message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, receiver.Url)
        {
            Content = new StringContent(message.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json),
        };
        if (receiver.ApiKey is { Length: > 0 } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.IsSuccessStatusCode
            ? null
            : new($"it answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(), response.Headers.RetryAfter?.Delta);
    }

    private static async Task<AlertRefusal?> MailAsync(string name, ReceiverOptions receiver, AlertText[] texts, CancellationToken cancellationToken)
    {
        using var message = MailMessage.Of(texts, name, receiver);
        using var smtp = new SmtpClient();
        if (receiver.CaFile is { Length: > 0 } authorities)
        {
            smtp.ServerCertificateValidationCallback = (_, shown, chain, errors) => errors == SslPolicyErrors.None
                || (errors == SslPolicyErrors.RemoteCertificateChainErrors && shown is X509Certificate2 certificate && IsOf(authorities, certificate, chain));
        }
        await smtp.ConnectAsync(receiver.Host!, receiver.Port, SecurityOf(receiver), cancellationToken);
        if (receiver.User is { Length: > 0 } user)
        {
            await smtp.AuthenticateAsync(user, receiver.Password!, cancellationToken);
        }
        await smtp.SendAsync(message, cancellationToken);
        try
        {
            await smtp.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ProtocolException or OperationCanceledException)
        {
            // The server has taken it; that it does not say goodbye changes nothing.
        }
        return null;
    }

    private static bool IsOf(string authorities, X509Certificate2 certificate, X509Chain? shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        foreach (var element in shown?.ChainElements.ToArray() ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        // An authority inside a company has seldom an address where revocations are told.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static SecureSocketOptions SecurityOf(ReceiverOptions receiver) => receiver.Security switch
    {
        "none" => SecureSocketOptions.None,
        "tls" => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };

    private static string Without(ReceiverOptions receiver, string text)
    {
        foreach (var secret in new[] { receiver.Url?.AbsoluteUri, receiver.Url?.PathAndQuery, receiver.ApiKey, receiver.Password })
        {
            text = secret is { Length: > 1 } ? text.Replace(secret, "***", StringComparison.Ordinal) : text;
        }
        return text;
    }
}

/// <summary>Why a receiver has not taken a message.</summary>
/// <param name="Reason">For people, without secrets.</param>
/// <param name="RetryAfter">How long it asks to be left alone.</param>
internal sealed record AlertRefusal(string Reason, TimeSpan? RetryAfter = null);
