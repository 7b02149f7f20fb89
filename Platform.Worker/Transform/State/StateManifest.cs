using System.Text.Json;

namespace Platform.Worker.Transform.State;

/// <summary>manifest.json of an earlier run: entries by unique id.</summary>
internal sealed class StateManifest
{
    public const string FileName = "manifest.json";

    private static readonly string[] Sections = ["nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests"];

    private readonly Dictionary<string, JsonElement> _entries = [];

    private StateManifest(JsonElement json)
    {
        foreach (var entry in Sections.SelectMany(section => ((JsonElement?)json).Member(section).Members()))
        {
            _entries[entry.Name] = entry.Value;
        }

        Nodes = ((JsonElement?)json).Member("nodes").Members().Select(entry => entry.Name).ToList();
        Macros = ((JsonElement?)json).Member("macros").Members().ToDictionary(macro => macro.Name, macro => macro.Value.Text("macro_sql") ?? "");
    }

    /// <summary>Unique ids of models, seeds, snapshots, tests, analyses and operations.</summary>
    public IReadOnlyList<string> Nodes { get; }

    /// <summary>The texts of macros by unique id.</summary>
    public IReadOnlyDictionary<string, string> Macros { get; }

    /// <summary>Any resource; null when there was none of that id.</summary>
    public JsonElement? Find(string uniqueId) => _entries.TryGetValue(uniqueId, out var entry) ? entry : null;

    /// <exception cref="TransformException">The file is no manifest, or of another version.</exception>
    public static StateManifest? Read(string path) => StateArtifact.Read(path, "manifest", oldest: 4, newest: 12) is { } json ? new StateManifest(json) : null;
}
