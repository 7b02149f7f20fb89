using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Makes nodes of <c>exposures:</c> (https://docs.getdbt.com/docs/build/exposures).</summary>
internal sealed class ExposureParser(ParseScope scope)
{
    private static readonly string[] Types = ["dashboard", "notebook", "analysis", "ml", "application"];
    private static readonly string[] Maturities = ["low", "medium", "high"];

    public IEnumerable<ParsedNode> Parse(Properties properties) => properties.Section("exposures").Select(Parse).OfType<ParsedNode>();

    private ParsedNode? Parse(PropertyEntry entry)
    {
        var yaml = entry.Entry;
        if (yaml.RequiredText("name", "an exposure", scope.Errors) is not { } name)
        {
            return null;
        }

        if (!name.All(character => char.IsLetterOrDigit(character) || character is '_' or '-'))
        {
            scope.Errors.Warn(yaml.At, "ExposureNameDeprecation", $"the name of exposure '{name}' has other characters than letters, digits and underscores. Put it below 'label', and give it a name without.");
        }

        if (yaml.Text("type") is not { } type || !Types.Contains(type))
        {
            scope.Errors.Add(yaml.At, $"the type of exposure '{name}' is '{yaml.Text("type")}'. Types are {string.Join(", ", Types)}.");
            return null;
        }

        if (yaml.Text("maturity") is { } maturity && !Maturities.Contains(maturity))
        {
            scope.Errors.Add(yaml["maturity"]!.At, $"the maturity of exposure '{name}' is '{maturity}'. It is {string.Join(", ", Maturities)}.");
        }

        var owner = yaml.PlainMap("owner", scope.Errors);
        if (!owner.ContainsKey("name") && !owner.ContainsKey("email"))
        {
            scope.Errors.Add(yaml.At, $"exposure '{name}' has no owner. Give it 'owner: {{name: ..}}' or 'owner: {{email: ..}}'.");
        }

        var references = yaml.List("depends_on", scope.Errors).Select(item => Reference(item, name)).OfType<ReferenceText>().ToList();
        var metrics = references.Select(reference => reference.Metric).OfType<string>().Distinct().ToList();
        var config = yaml.PlainMap("config", scope.Errors);
        Combine(config, yaml);
        var node = scope.Declared(ResourceType.Exposure, entry, name, ParseScope.Fqn(entry.PackageName, entry.File.PathInFolder, name), config) with
        {
            Refs = [.. references.Select(reference => reference.Ref).OfType<RefCall>().Distinct()],
            SourceCalls = [.. references.Where(reference => reference.Source is not null).Select(reference => reference.Source!.Value).Distinct()],
            Exposure = new ExposureDefinition
            {
                Type = type,
                Maturity = yaml.Text("maturity"),
                Url = yaml.Text("url"),
                Label = yaml.Text("label"),
                OwnerName = yaml["owner"]?.Text("name"),
                OwnerEmail = YamlValue.Texts(yaml["owner"]?["email"]),
                Owner = owner,
                Metrics = metrics,
            },
        };
        return new ParsedNode(node) { Metrics = metrics };
    }

    /// <summary>Tags and meta may stand beside <c>config:</c>.</summary>
    private static void Combine(Dictionary<string, object?> config, YamlValue yaml)
    {
        if (yaml["tags"] is { } tags)
        {
            config["tags"] = YamlValue.Texts(tags).Concat(YamlValue.Texts(yaml["config"]?["tags"])).Distinct().Order(StringComparer.Ordinal).Cast<object?>().ToList();
        }

        if (yaml["meta"]?.Plain() is Dictionary<string, object?> meta)
        {
            foreach (var (key, value) in config.GetValueOrDefault("meta") as Dictionary<string, object?> ?? [])
            {
                meta[key] = value;
            }

            config["meta"] = meta;
        }
    }

    private ReferenceText? Reference(YamlValue item, string name)
    {
        var reference = item.AsText() is { } text ? ReferenceText.Read(text) : null;
        if (reference is null)
        {
            scope.Errors.Add(item.At, $"exposure '{name}' depends on '{item.AsText()}'. Write ref('name'), source('source', 'table') or metric('name').");
        }

        return reference;
    }
}
