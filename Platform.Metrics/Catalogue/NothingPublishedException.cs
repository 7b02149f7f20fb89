namespace Platform.Metrics.Catalogue;

/// <summary>No publication is there yet: the first run has not finished.</summary>
internal sealed class NothingPublishedException() : Exception(
    "Nothing is published yet. The first run loads the first days and publishes them together; / and /api/v1/runs show how far it is.");
