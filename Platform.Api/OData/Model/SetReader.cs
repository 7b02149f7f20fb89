using System.Security.Claims;
using Platform.Api.Access;
using Platform.Metrics.Query;

namespace Platform.Api.OData.Model;

/// <summary>What a reader may read by OData: saved queries under its policy, and marts when it is an analyst who may see everything.</summary>
/// <param name="Policy">What it may see.</param>
/// <param name="ReadsMarts">Whether it may read marts, whose rows cannot be told apart by the rules of metrics.</param>
internal sealed record SetReader(ReaderPolicy Policy, bool ReadsMarts)
{
    /// <summary>Readers with equal keys have the same sets.</summary>
    public string Key => ReadsMarts ? "marts" : Policy.Key;

    public static SetReader Of(ClaimsPrincipal reader)
    {
        var policy = reader.Policy();
        return new SetReader(policy, !policy.IsRestricted && ReaderRoles.Includes(reader, ReaderRoles.Analyst));
    }
}
