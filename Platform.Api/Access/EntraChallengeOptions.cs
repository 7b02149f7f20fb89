using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Access;

/// <summary>Where Power BI's organizational account signs in. Section <c>Access:Entra</c>.</summary>
internal sealed class EntraChallengeOptions
{
    public const string Section = "Access:Entra";

    /// <summary>
    /// The tenant's authorization endpoint, e.g. <c>https://login.microsoftonline.com/contoso.example/oauth2/authorize</c>. Then every 401 names it, which
    /// is how Power Query's OData connector finds it. Default none.
    /// </summary>
    [Url]
    public string? AuthorizationUri { get; set; }
}
