namespace Platform.Metrics.Catalogue;

/// <summary>The published catalogue cannot be read: the publisher's fault, not the reader's. Lists every fault.</summary>
internal sealed class CatalogueException(IReadOnlyList<string> faults)
    : Exception($"The published catalogue cannot be read: {string.Join(" ", faults)}");
