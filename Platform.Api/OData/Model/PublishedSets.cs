using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.OData.Edm;
using Platform.Metrics.Catalogue;

namespace Platform.Api.OData.Model;

/// <summary>
/// The sets of one publication that a reader may read, and their entity data model. Immutable; a new publication makes a new one. What a reader may not
/// read is not in the model, so no option of OData can name it.
/// </summary>
internal sealed class PublishedSets
{
    public PublishedSets(Publication publication, ImmutableArray<NamedSet> sets, IEnumerable<string> withheld)
    {
        Publication = publication;
        Withheld = withheld.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        Sets = sets.ToFrozenDictionary(set => set.Name);
        Model = EdmModels.Build(sets);
    }

    public Publication Publication { get; }

    public FrozenDictionary<string, NamedSet> Sets { get; }

    /// <summary>Names of sets that there are and that the reader may not read, in any case of letters.</summary>
    public FrozenSet<string> Withheld { get; }

    public IEdmModel Model { get; }
}
