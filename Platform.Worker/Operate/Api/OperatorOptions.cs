using System.ComponentModel.DataAnnotations;

namespace Platform.Worker.Operate.Api;

/// <summary>Section <c>Operator</c>: who may operate the Worker over HTTP.</summary>
internal sealed class OperatorOptions : IValidatableObject
{
    public const string Section = "Operator";
    public const int MinKeyLength = 16;

    /// <summary>The name that <see cref="ApiKey"/> has in the audit log.</summary>
    public const string ApiKeyName = "api-key";

    /// <summary>
    /// One key with the role admin, for a system of one operator. Default none: without it and <see cref="Keys"/>, only loopback requests in Development are
    /// let in (as admin), all others are refused.
    /// </summary>
    public string? ApiKey { get; set; }

    /// <summary>A key for each operator or program, with its name and role. Default none.</summary>
    public List<OperatorKey> Keys { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            var key = Keys[i];
            if (string.IsNullOrWhiteSpace(key.Name) || key.Name == ApiKeyName || Keys.Take(i).Any(other => other.Name == key.Name))
            {
                yield return Fault(i, "Name", $"is '{key.Name}'; each key needs a name of its own, other than {ApiKeyName}");
            }
            if (!OperatorRoles.All.Contains(key.Role))
            {
                yield return Fault(i, "Role", $"is '{key.Role}'; expected {string.Join(", ", OperatorRoles.All)}");
            }
            if (key.Key.Length < MinKeyLength)
            {
                yield return Fault(i, "Key", $"has {key.Key.Length} characters; at least {MinKeyLength} are needed");
            }
            if (key.Key == ApiKey || Keys.Take(i).Any(other => other.Key == key.Key))
            {
                yield return Fault(i, "Key", "is the key of somebody else as well");
            }
        }
    }

    private static ValidationResult Fault(int index, string field, string what) => new($"{Section}:Keys:{index}:{field} {what}.", [nameof(Keys)]);
}

/// <summary>Who sends a key.</summary>
internal sealed class OperatorKey
{
    /// <summary>The operator's or program's name, as the audit log has it.</summary>
    public string Name { get; set; } = "";

    /// <summary>viewer, operator or admin.</summary>
    public string Role { get; set; } = "";

    /// <summary>What requests send as <c>X-Api-Key</c>; at least 16 characters.</summary>
    public string Key { get; set; } = "";
}

/// <summary>What operators may do; each role may do what those before it may.</summary>
internal static class OperatorRoles
{
    /// <summary>Reads everything but the audit log.</summary>
    public const string Viewer = "viewer";

    /// <summary>Requests, clears and cancels runs and backfills, works on quarantined rows.</summary>
    public const string Operator = "operator";

    /// <summary>Pauses and resumes the pipeline, reads the audit log.</summary>
    public const string Admin = "admin";

    public static readonly string[] All = [Viewer, Operator, Admin];

    /// <summary>The role with those that it includes.</summary>
    public static IEnumerable<string> Including(string role) => All.Take(Array.IndexOf(All, role) + 1);
}
