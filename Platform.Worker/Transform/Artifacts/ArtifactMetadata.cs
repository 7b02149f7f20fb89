using System.Text.Json;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>The <c>metadata</c> that every artifact opens with.</summary>
internal static class ArtifactMetadata
{
    /// <param name="json">Stands at the start of the artifact's object.</param>
    /// <param name="schema">"manifest/v12".</param>
    /// <param name="invocation">Whose artifact it is.</param>
    /// <param name="generatedAt">When it is written.</param>
    /// <param name="more">What this artifact adds.</param>
    public static void Write(
        Utf8JsonWriter json, string schema, Invocation invocation, DateTimeOffset generatedAt, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        json.WriteStartObject("metadata");
        json.WriteString("dbt_schema_version", $"https://schemas.getdbt.com/dbt/{schema}.json");
        json.WriteString("dbt_version", DbtVersion.Text);
        json.WriteString("generated_at", ArtifactJson.Timestamp(generatedAt));
        json.WriteString("invocation_id", invocation.Id);
        json.WriteStartObject("env");
        foreach (var (name, value) in CustomVariables.Read())
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        foreach (var (name, value) in more)
        {
            ArtifactJson.Write(json, name, value);
        }

        json.WriteEndObject();
    }
}
