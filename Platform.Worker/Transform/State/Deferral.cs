using System.Text.Json;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.State;

/// <summary>
/// Refs that read the relation of another state (https://docs.getdbt.com/reference/node-selection/defer): those of nodes that do not exist
/// here and, when that state is favoured, of all that are not selected.
/// </summary>
internal sealed class Deferral(StateManifest manifest, IReadOnlySet<string> selected, bool favorState)
{
    /// <summary>The deferral of a request; null when it asks for none.</summary>
    /// <exception cref="TransformException">It asks for one and gives no folder, or the folder holds no manifest.</exception>
    public static Deferral? Of(BuildRequest request, IReadOnlySet<string> selected, PreviousState? state, PreviousState? deferState)
    {
        if (!request.Defer && request.Verb is not TransformVerb.Clone)
        {
            return null;
        }

        var place = new SourceLocation(request.Verb is TransformVerb.Clone ? "clone" : "--defer");
        var from = deferState ?? state ?? throw new TransformException(
            place, "--state or --defer-state are required for deferral, but neither was provided. Give the folder of a manifest.json.");
        return from.Manifest is { } manifest
            ? new Deferral(manifest, selected, request.FavorState)
            : throw new TransformException(place, $"Could not find manifest in --state path: \"{from.Directory}\". Give the folder that holds {StateManifest.FileName}.");
    }

    /// <summary>The node's relation in the other state; null when it was not there, or ephemeral.</summary>
    public Relation? Find(Node node)
    {
        if (!node.IsReferable || manifest.Find(node.UniqueId) is not { } entry)
        {
            return null;
        }

        var config = ((JsonElement?)entry).Member("config");
        return config?.Text("materialized") == "ephemeral" ? null : new Relation(entry.Text("database"), entry.Text("schema"), entry.Text("alias") ?? entry.Text("name"))
        {
            QuoteDatabase = IsQuoted("database"), QuoteSchema = IsQuoted("schema"), QuoteIdentifier = IsQuoted("identifier"),
        };

        bool IsQuoted(string part) => config.Member("quoting").Member(part) is not { ValueKind: JsonValueKind.False };
    }

    /// <summary>What a ref to a node reads instead of its relation here; null: that one.</summary>
    /// <param name="node">The node referred to.</param>
    /// <param name="exists">Whether its relation exists here.</param>
    public Relation? Instead(Node node, Func<bool> exists) =>
        Find(node) is { } other && ((favorState && !selected.Contains(node.UniqueId)) || !exists()) ? other : null;
}
