using System.Collections;
using System.Text.Json;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>The <c>metadata</c> that every artifact opens with.</summary>
internal static class ArtifactMetadata
{
    private const string CustomPrefix = "DBT_ENV_CUSTOM_ENV_";

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
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith(CustomPrefix, StringComparison.Ordinal))
            {
                json.WriteString(name[CustomPrefix.Length..], variable.Value as string);
            }
        }

        json.WriteEndObject();
        foreach (var (name, value) in more)
        {
            ArtifactJson.Write(json, name, value);
        }

        json.WriteEndObject();
    }
}
