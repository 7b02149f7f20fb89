using Microsoft.Extensions.Options;
using MimeKit;

namespace Platform.Worker.Pipeline.Alerts;

/// <summary>Looks whether every receiver has what its kind needs, and tells everything that is wrong at once. Values of secrets are not told.</summary>
internal sealed class AlertOptionsValidation : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        var errors = options.Receivers.SelectMany(receiver => Check($"{AlertOptions.Section}:Receivers:{receiver.Key}", receiver.Value)).ToList();
        if (options.BaseUrl is { } url && !IsHttp(url))
        {
            errors.Add($"{AlertOptions.Section}:BaseUrl '{url}' is no absolute http or https address.");
        }
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Check(string place, ReceiverOptions receiver)
    {
        switch (receiver.Kind)
        {
            case ReceiverOptions.Slack or ReceiverOptions.Teams or ReceiverOptions.Json:
                if (receiver.Url is null || !IsHttp(receiver.Url))
                {
                    yield return $"{place}:Url is missing or no absolute http or https address.";
                }
                if (receiver.ApiKey is not null && receiver.Kind != ReceiverOptions.Json)
                {
                    yield return $"{place}:ApiKey is of kind json only; a webhook of {receiver.Kind} has its secret in its Url.";
                }
                break;
            case ReceiverOptions.Email:
                foreach (var error in CheckMail(place, receiver))
                {
                    yield return error;
                }
                break;
            default:
                yield return $"{place}:Kind '{receiver.Kind}' is none; expected slack, teams, json or email.";
                break;
        }
    }

    private static IEnumerable<string> CheckMail(string place, ReceiverOptions receiver)
    {
        if (string.IsNullOrWhiteSpace(receiver.Host))
        {
            yield return $"{place}:Host is missing: the SMTP server.";
        }
        if (receiver.Port is < 1 or > 65535)
        {
            yield return $"{place}:Port {receiver.Port} is none; expected 1 to 65535.";
        }
        if (receiver.Security is not ("starttls" or "tls" or "none"))
        {
            yield return $"{place}:Security '{receiver.Security}' is none; expected starttls, tls or none.";
        }
        if (receiver.CaFile is { Length: > 0 } authorities && !File.Exists(authorities))
        {
            yield return $"{place}:CaFile '{authorities}' is not there.";
        }
        if ((receiver.User is null) != (receiver.Password is null))
        {
            yield return $"{place}: User and Password go together.";
        }
        if (receiver.Password is not null && receiver.Security == "none")
        {
            yield return $"{place}:Security none would send the password in the clear; expected starttls or tls.";
        }
        if (!MailboxAddress.TryParse(receiver.From, out _))
        {
            yield return $"{place}:From '{receiver.From}' is no mail address.";
        }
        if (receiver.To.Count == 0)
        {
            yield return $"{place}:To is empty: nobody would be told.";
        }
        foreach (var address in receiver.To.Where(address => !MailboxAddress.TryParse(address, out _)))
        {
            yield return $"{place}:To '{address}' is no mail address.";
        }
    }

    private static bool IsHttp(Uri url) => url is { IsAbsoluteUri: true, Scheme: "http" or "https" };
}
