namespace Platform.Worker.Contracts.Parsing;

/// <summary>The <c>customProperties</c> of a contract or of one of its relationships.</summary>
internal static class CustomProperties
{
    /// <summary>The properties by name; one that is not implemented is reported.</summary>
    public static Dictionary<string, ContractNode> Of(ContractNode parent, IReadOnlyCollection<string> implemented)
    {
        var found = new Dictionary<string, ContractNode>(StringComparer.Ordinal);
        foreach (var property in parent.Children("customProperties"))
        {
            property.Allow(["property", "value"], ["id", "description"]);
            var name = property.RequiredText("property");
            if (!implemented.Contains(name, StringComparer.Ordinal))
            {
                property.Report("property", $"customProperty '{name}' is not implemented: remove it. Implemented: {string.Join(", ", implemented)}.");
            }
            else if (!property.Has("value"))
            {
                property.Report($"customProperty '{name}' lacks 'value'.");
            }
            else if (!found.TryAdd(name, property))
            {
                property.Report("property", $"customProperty '{name}' is given twice.");
            }
        }

        return found;
    }
}
