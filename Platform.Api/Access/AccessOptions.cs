using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Access;

/// <summary>Who may read. Section <c>Access</c>.</summary>
internal sealed class AccessOptions : IValidatableObject
{
    public const string Section = "Access";

    /// <summary>Fewest characters of a key.</summary>
    public const int MinKeyLength = 16;

    /// <summary>Keys beside those that operators make (<c>keys create</c>). Default none: then, of these, only loopback in Development is let in.</summary>
    public IList<ApiKey> ApiKeys { get; } = [];

    /// <summary>How long what is known of a key may be used, at most: a key that is revoked is let in so long at most. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan KeyAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests that a reader may send in a minute, when the key says nothing else. Default 6000.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerMinute { get; set; } = 6_000;

    /// <summary>Origins whose pages may ask from a browser, e.g. <c>https://reports.example.com</c>. Default none.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <summary>Domains of which every answer is entered in the log, with its reader. Default finance.</summary>
    public IList<string> AuditedDomains { get; } = [];

    /// <summary>Tokens of an identity provider; off while it has no authority.</summary>
    public TokenOptions Tokens { get; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var at = 0; at < ApiKeys.Count; at++)
        {
            if (ApiKeys[at].Key.Length < MinKeyLength)
            {
                yield return new ValidationResult($"Access:ApiKeys:{at}:Key has {ApiKeys[at].Key.Length} characters; at least {MinKeyLength} are expected.");
            }

            if (string.IsNullOrWhiteSpace(ApiKeys[at].Name))
            {
                yield return new ValidationResult($"Access:ApiKeys:{at}:Name is empty; name the key's holder, e.g. 'power-bi'.");
            }

            if (!ReaderRoles.All.Contains(ApiKeys[at].Role))
            {
                yield return new ValidationResult($"Access:ApiKeys:{at}:Role '{ApiKeys[at].Role}' is no role; known are {string.Join(", ", ReaderRoles.All)}.");
            }
        }

        foreach (var fault in CorsOrigins.Where(origin => !IsOrigin(origin)))
        {
            yield return new ValidationResult($"Access:CorsOrigins: '{fault}' is no origin; expected is scheme, host and port only, e.g. https://reports.example.com.");
        }

        foreach (var fault in Tokens.Faults())
        {
            yield return new ValidationResult(fault);
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A key and its holder.</summary>
internal sealed class ApiKey
{
    /// <summary>The holder, as logs name it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The secret, at least 16 characters; from a secret store, never from a file in source control.</summary>
    public string Key { get; set; } = "";

    /// <summary>viewer, analyst, operator or admin. Default analyst.</summary>
    public string Role { get; set; } = ReaderRoles.Analyst;
}
