using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Platform.Worker.Pipeline.Alerts;

namespace Platform.Worker.Tests.Pipeline.Alerts;

/// <summary>Mail over TLS and with a login, to a real server on loopback whose certificate is of an authority of its own.</summary>
public sealed class MailSecurityTests : IDisposable
{
    private const string Password = "p\u00e4ss word";

    private readonly X509Certificate2 _certificate = Certificate();
    private readonly string _authorities = Path.GetTempFileName();

    public MailSecurityTests() => File.WriteAllText(_authorities, _certificate.ExportCertificatePem());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task Mail_OverTls_WithLogin_IsTaken(string security)
    {
        await using var mails = MailSink.Start(_certificate, security == "tls", Password);

        Assert.Null(await SendAsync(mails, security, Password, _authorities));

        Assert.Equal("Deadline missed: daily 2026-01-05", Assert.Single(mails.Mails).Subject);
    }

    [Fact]
    public async Task WrongPassword_IsRefused_AndNotTold()
    {
        await using var mails = MailSink.Start(_certificate, password: Password);

        var refusal = await SendAsync(mails, "starttls", "wrong password", _authorities);

        Assert.Contains("authentication", refusal!.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("wrong password", refusal.Reason, StringComparison.Ordinal);
        Assert.Empty(mails.Mails);
    }

    [Theory]
    [InlineData(true, "certificate")]
    [InlineData(false, "STARTTLS")]
    public async Task ServerThatNobodyTrusts_OrWithoutTls_GetsNeitherMailNorPassword(bool offersTls, string why)
    {
        await using var mails = MailSink.Start(offersTls ? _certificate : null, password: Password);

        var refusal = await SendAsync(mails, "starttls", Password);

        Assert.Contains(why, refusal!.Reason, StringComparison.Ordinal);
        Assert.Empty(mails.Mails);
    }

    public void Dispose()
    {
        File.Delete(_authorities);
        _certificate.Dispose();
    }

    private static async Task<AlertRefusal?> SendAsync(MailSink mails, string security, string password, string? authorities = null)
    {
        var options = Options.Create(new AlertOptions
        {
            Receivers =
            {
                ["mail"] = new()
                {
                    Kind = ReceiverOptions.Email, Host = "localhost", Port = mails.Port, Security = security, User = "ops", Password = password, CaFile = authorities,
                    From = "platform@example.org", To = { "ops@example.org" },
                },
            },
        });
        using var sender = new AlertSender(new AlertWords(options), options);
        return await sender.SendAsync("mail", [new Alert(1, TimeProvider.System.GetUtcNow(), AlertEvent.Opened, "error", "deadline", "daily", null, null, new DateOnly(2026, 1, 5), "late")], Token);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using var signed = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));

        // With its key in a form that every system's TLS takes.
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);
    }
}
