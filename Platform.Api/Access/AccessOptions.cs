using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Access;

/// <summary>Who may read. Section <c>Access</c>.</summary>
internal sealed class AccessOptions : IValidatableObject
{
    public const string Section = "Access";

    /// <summary>Fewest characters of a key.</summary>
    public const int MinKeyLength = 16;

    /// <summary>The keys. Default none: then only loopback in Development is let in.</summary>
    public IList<ApiKey> ApiKeys { get; } = [];

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
        }
    }
}

/// <summary>A key and its holder.</summary>
internal sealed class ApiKey
{
    /// <summary>The holder, as logs name it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The secret, at least 16 characters; from a secret store, never from a file in source control.</summary>
    public string Key { get; set; } = "";
}
