using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.OData.Edm;
using Platform.Api.Metrics.Catalogue;

namespace Platform.Api.OData.Model;

/// <summary>The sets of one publication and their entity data model. Immutable; a new publication makes a new one.</summary>
internal sealed class PublishedSets
{
    public PublishedSets(Publication publication, ImmutableArray<NamedSet> sets)
    {
        Publication = publication;
        Sets = sets.ToFrozenDictionary(set => set.Name);
        Model = EdmModels.Build(sets);
    }

    public Publication Publication { get; }

    public FrozenDictionary<string, NamedSet> Sets { get; }

    public IEdmModel Model { get; }
}
