using Microsoft.AspNetCore.Http.Metadata;

namespace Platform.Api.Metrics;

/// <summary>Bytes that an endpoint reads of a request's body.</summary>
internal sealed record RequestBodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
