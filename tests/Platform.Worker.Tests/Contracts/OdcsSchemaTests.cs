using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Platform.Worker.Tests.Contracts;

/// <summary>The contracts against the official JSON Schema of ODCS 3.1, where a copy of it is beside the repository.</summary>
public sealed class OdcsSchemaTests(ITestOutputHelper output)
{
    [Fact]
    public void Contracts_AgainstTheOfficialSchema_AreValid()
    {
        if (Schema() is not { } schema)
        {
            return;
        }

        foreach (var file in Contracts())
        {
            Assert.Equal([], schema.Validate(Json(File.ReadAllText(file))).Select(error => $"{Path.GetFileName(file)}: {error}"));
        }
    }

    [Theory]
    [InlineData("status: active", "state: active", "$ lacks 'status'")]
    [InlineData("logicalType: date", "logicalType: day", "found \"day\"")]
    [InlineData("maxLength: 10", "maximum: 10", "maximum is not allowed")]
    public void Validator_BrokenContract_FindsTheFault(string found, string replacement, string error)
    {
        if (Schema() is not { } schema)
        {
            return;
        }

        var yaml = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Loading", "Shop", "items.odcs.yaml"));

        Assert.Contains(schema.Validate(Json(yaml.Replace(found, replacement, StringComparison.Ordinal))), fault => fault.Contains(error, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Contracts() => new[] { "Sources", "Loading", "Contracts" }.SelectMany(folder =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, folder), "*.odcs.yaml", SearchOption.AllDirectories));

    private JsonSchema? Schema() => JsonSchema.Published("odcs-3.1.0", output);

    internal static JsonNode Json(string yaml)
    {
        var document = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(yaml);
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(document))!;
    }
}
