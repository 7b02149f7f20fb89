using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.Worker.Tests;

/// <summary>
/// The keywords of JSON Schema (2019-09, 2020-12) that the published schemas use; any other keyword is an error, so that nothing passes unchecked.
/// </summary>
/// <param name="root">The schema's document.</param>
/// <param name="others">Documents that it refers to, by their <c>$id</c>.</param>
internal sealed class JsonSchema(JsonObject root, IReadOnlyDictionary<string, JsonSchema>? others = null)
{
    private static readonly HashSet<string> Annotations =
        ["$schema", "$id", "$defs", "title", "description", "example", "examples", "default", "deprecated"];

    /// <summary>Everything in the document that the schema does not allow, with its place.</summary>
    public IReadOnlyList<string> Validate(JsonNode document)
    {
        var errors = new List<string>();
        Evaluate(root, document, "$", errors);
        return errors;
    }

    /// <summary>The same of one of its definitions, such as <c>/$defs/Run</c>.</summary>
    public IReadOnlyList<string> Validate(string definition, JsonNode? document, string place)
    {
        var errors = new List<string>();
        Evaluate(Resolve(definition), document, place, errors);
        return errors;
    }

    /// <summary>The schemas of a folder of the same place by their <c>$id</c>, which may refer to each other; null where there is no such folder.</summary>
    public static IReadOnlyDictionary<string, JsonSchema>? PublishedFolder(string name, ITestOutputHelper output)
    {
        var folder = Path.Combine(Schemas(), name);
        if (!Directory.Exists(folder))
        {
            output.WriteLine($"Nothing was checked: there is no {folder}.");
            return null;
        }

        var schemas = new Dictionary<string, JsonSchema>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            var document = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            schemas[(string)document["$id"]!] = new JsonSchema(document, schemas);
        }

        return schemas;
    }

    /// <summary>A schema of the folder beside the repository; null, and a line in the output, where there is no such folder.</summary>
    public static JsonSchema? Published(string name, ITestOutputHelper output)
    {
        var file = Path.Combine(Schemas(), $"{name}.schema.json");
        if (File.Exists(file))
        {
            return new JsonSchema(JsonNode.Parse(File.ReadAllText(file))!.AsObject());
        }

        output.WriteLine($"Nothing was checked: there is no {file}.");
        return null;
    }

    private static string Schemas()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Platform.sln")))
        {
            root = root.Parent;
        }

        return Path.Combine(root?.FullName ?? "", "..", "shared", "schemas");
    }

    /// <summary>Evaluates one schema; returns the names of the object's properties that it looked at.</summary>
    private HashSet<string> Evaluate(JsonNode? schema, JsonNode? value, string place, List<string> errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (schema is not JsonObject rules)
        {
            if (schema is JsonValue never && !never.GetValue<bool>())
            {
                errors.Add($"{place} is not allowed");
            }

            return seen;
        }

        // Keywords that look at what others have seen come last.
        foreach (var (keyword, rule) in rules.OrderBy(rule => rule.Key switch { "additionalProperties" => 1, "unevaluatedProperties" => 2, _ => 0 }))
        {
            Apply(keyword, rule, rules, value, place, errors, seen);
        }

        return seen;
    }

    private void Apply(
        string keyword, JsonNode? rule, JsonObject rules, JsonNode? value, string place, List<string> errors, HashSet<string> seen)
    {
        void Require(bool holds, string expected)
        {
            if (!holds)
            {
                errors.Add($"{place}: expected {expected}, found {value?.ToJsonString() ?? "null"}");
            }
        }

        switch (keyword)
        {
            case "$ref" when rule!.GetValue<string>().Split('#') is [{ Length: > 0 } document, var pointer]:
                Assert.True(others?.ContainsKey(document), $"The schema {document} is not there.");
                seen.UnionWith(others![document].Evaluate(others[document].Resolve(pointer), value, place, errors));
                break;
            case "$ref":
                seen.UnionWith(Evaluate(Resolve(rule!.GetValue<string>()), value, place, errors));
                break;
            case "type":
                Require((rule is JsonArray types ? types.Select(type => type!.GetValue<string>()) : [rule!.GetValue<string>()]).Any(type => IsType(value, type)), $"type {rule}");
                break;
            case "const":
                Require(JsonNode.DeepEquals(rule, value), $"{rule}");
                break;
            case "enum":
                Require(rule!.AsArray().Any(item => JsonNode.DeepEquals(item, value)), $"one of {rule.ToJsonString()}");
                break;
            case "format" when IsType(value, "string"):
                Require(IsFormat(value!.GetValue<string>(), rule!.GetValue<string>()), $"format {rule}");
                break;
            case "pattern" when IsType(value, "string"):
                Require(Regex.IsMatch(value!.GetValue<string>(), rule!.GetValue<string>(), RegexOptions.ECMAScript), $"pattern {rule}");
                break;
            case "minimum" when IsType(value, "number"):
                Require(Number(value) >= Number(rule), $">= {rule}");
                break;
            case "exclusiveMinimum" when IsType(value, "number"):
                Require(Number(value) > Number(rule), $"> {rule}");
                break;
            case "minItems" when value is JsonArray items:
                Require(items.Count >= Number(rule), $"at least {rule} items");
                break;
            case "maxItems" when value is JsonArray items:
                Require(items.Count <= Number(rule), $"at most {rule} items");
                break;
            case "uniqueItems" when value is JsonArray items && rule!.GetValue<bool>():
                Require(items.Select(item => item?.ToJsonString()).Distinct().Count() == items.Count, "unique items");
                break;
            case "prefixItems" when value is JsonArray items:
                foreach (var (index, item) in items.Take(rule!.AsArray().Count).Index())
                {
                    Evaluate(rule[index], item, $"{place}[{index}]", errors);
                }

                break;
            case "items" when value is JsonArray items:
                foreach (var (index, item) in items.Index().Skip((rules["prefixItems"] as JsonArray)?.Count ?? 0))
                {
                    Evaluate(rule, item, $"{place}[{index}]", errors);
                }

                break;
            case "required" when value is JsonObject present:
                foreach (var name in rule!.AsArray().Select(name => name!.GetValue<string>()).Where(name => !present.ContainsKey(name)))
                {
                    errors.Add($"{place} lacks '{name}'");
                }

                break;
            case "properties" when value is JsonObject present:
                foreach (var (name, property) in rule!.AsObject().Where(property => present.ContainsKey(property.Key)))
                {
                    seen.Add(name);
                    Evaluate(property, present[name], $"{place}.{name}", errors);
                }

                break;
            case "propertyNames" when value is JsonObject present:
                foreach (var (name, _) in present)
                {
                    Evaluate(rule, JsonValue.Create(name), $"{place}.{name}", errors);
                }

                break;
            case "additionalProperties" or "unevaluatedProperties" when value is JsonObject present:
                var known = keyword == "unevaluatedProperties" ? seen : [.. rules["properties"]?.AsObject().Select(property => property.Key) ?? []];
                foreach (var (name, property) in present.Where(property => !known.Contains(property.Key)))
                {
                    seen.Add(name);
                    Evaluate(rule, property, $"{place}.{name}", errors);
                }

                break;
            case "allOf":
                foreach (var part in rule!.AsArray())
                {
                    seen.UnionWith(Evaluate(part, value, place, errors));
                }

                break;
            case "anyOf" or "oneOf":
                var outcomes = rule!.AsArray().Select(part => Try(part, value, place)).ToList();
                var matching = outcomes.Where(outcome => outcome.Errors.Count == 0).ToList();
                Require(keyword == "anyOf" ? matching.Count > 0 : matching.Count == 1, $"{keyword}, of which {matching.Count} match");
                seen.UnionWith(matching.SelectMany(outcome => outcome.Seen));
                break;
            case "not":
                Require(Try(rule, value, place).Errors.Count > 0, "not what 'not' describes");
                break;
            case "if":
                var condition = Try(rule, value, place);
                seen.UnionWith(condition.Errors.Count == 0 ? condition.Seen : []);
                seen.UnionWith(Evaluate(rules[condition.Errors.Count == 0 ? "then" : "else"], value, place, errors));
                break;
            case "then" or "else" or "format" or "pattern" or "minimum" or "exclusiveMinimum" or "minItems" or "maxItems" or "uniqueItems" or "items"
                or "prefixItems" or "propertyNames" or "required" or "properties" or "additionalProperties" or "unevaluatedProperties":
                break;
            default:
                Assert.True(Annotations.Contains(keyword), $"The schema's keyword '{keyword}' is not implemented here.");
                break;
        }
    }

    private (HashSet<string> Seen, List<string> Errors) Try(JsonNode? schema, JsonNode? value, string place)
    {
        var errors = new List<string>();
        return (Evaluate(schema, value, place, errors), errors);
    }

    private JsonNode Resolve(string reference) =>
        reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode)root, (node, name) => node[name]!);

    private static bool IsFormat(string text, string format) => format switch
    {
        "date-time" => text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        _ => true,
    };

    private static decimal Number(JsonNode? node) => decimal.Parse(node!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsType(JsonNode? value, string type) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "null" => value is null,
        "string" => value?.GetValueKind() == System.Text.Json.JsonValueKind.String,
        "boolean" => value?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
        "number" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number,
        "integer" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number && decimal.IsInteger(Number(value)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No JSON type."),
    };
}
