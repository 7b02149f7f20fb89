using System.Text.RegularExpressions;

namespace Platform.Worker.Contracts.Parsing;

/// <summary>The <c>relationships</c> of a contract's columns.</summary>
internal sealed partial class RelationshipSection(string domain)
{
    private readonly Dictionary<string, ContractReferenceSite> _sites = new(StringComparer.Ordinal);

    /// <summary>Where the references within the partition are declared, by column.</summary>
    public IReadOnlyDictionary<string, ContractReferenceSite> Sites => _sites;

    public IReadOnlyList<ContractReference> References => [.. _sites.Values.Select(site => site.Reference)];

    public void Read(ContractNode property, ContractColumn column)
    {
        foreach (var relationship in property.Children("relationships"))
        {
            Read(relationship, column.Name);
        }
    }

    private void Read(ContractNode relationship, string column)
    {
        relationship.Allow(["type", "to", "customProperties"], []);
        if (relationship.Has("type"))
        {
            relationship.Expect("type", "foreignKey");
        }

        var to = relationship.RequiredText("to");
        var match = ReferenceTarget().Match(to);
        if (!match.Success)
        {
            relationship.Report(
                "to", $"'{to}' is no reference; expected [../Domain/]dataset.odcs.yaml#/schema/dataset/properties/column.");
            return;
        }

        var scope = CustomProperties.Of(relationship, ["scope"]).TryGetValue("scope", out var node) ? node.Text("value") : "partition";
        switch (scope)
        {
            case "history":
                return;
            case "partition":
                break;
            default:
                relationship.Report($"scope '{scope}' is unknown; expected partition or history.");
                return;
        }

        if (match.Groups["file"].Value != match.Groups["dataset"].Value)
        {
            relationship.Report("to", $"'{to}' names two datasets, '{match.Groups["file"].Value}' and '{match.Groups["dataset"].Value}'.");
        }

        var toDomain = match.Groups["domain"].Success ? match.Groups["domain"].Value.ToLowerInvariant() : domain;
        var reference = new ContractReference(column, toDomain, match.Groups["dataset"].Value, match.Groups["column"].Value);
        if (!_sites.TryAdd(column, new ContractReferenceSite(reference, relationship.LineAt("to"))))
        {
            relationship.Report("to", $"column '{column}' has a second reference within the partition; one is implemented.");
        }
    }

    [GeneratedRegex("^(?:.*?(?<domain>[A-Za-z0-9_]+)/)?(?<file>[a-z0-9_]+)\\.odcs\\.yaml#/schema/(?<dataset>[a-z0-9_]+)/properties/(?<column>[a-z0-9_]+)$")]
    private static partial Regex ReferenceTarget();
}

/// <summary>Where in its file a contract declares a reference.</summary>
internal sealed record ContractReferenceSite(ContractReference Reference, int Line);
