using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.OData.UriParser;
using Microsoft.OData.UriParser.Aggregation;
using Platform.Api.OData.Model;
using Platform.Metrics.Query;

namespace Platform.Api.OData;

/// <summary>An address, parsed against a publication's model by OData's own library. Nothing of it is evaluated here.</summary>
internal sealed record ODataRequest
{
    private const int MaxExpansion = 4;

    public required ODataPath Path { get; init; }

    public ApplyClause? Apply { get; init; }

    public ComputeClause? Compute { get; init; }

    public FilterClause? Filter { get; init; }

    public OrderByClause? OrderBy { get; init; }

    public SelectExpandClause? SelectExpand { get; init; }

    public long? Top { get; init; }

    public long Skip { get; init; }

    public bool Count { get; init; }

    public string? SkipToken { get; init; }

    /// <summary>The service's root, with a slash at its end.</summary>
    public static Uri Root(HttpRequest request) => new($"{request.Scheme}://{request.Host}{request.PathBase}/odata/");

    /// <summary>The address as it was sent: a decoded path would not tell a slash in a key from one between segments.</summary>
    public static Uri Address(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var prefix = $"{request.PathBase}/odata";
        return raw is not null && raw.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            ? new Uri(Root(request), raw[prefix.Length..].TrimStart('/'))
            : new Uri(request.GetEncodedUrl());
    }

    /// <exception cref="ODataFault">The address is not one of this service.</exception>
    public static ODataRequest Parse(Uri root, Uri address, PublishedSets sets)
    {
        var resolver = new NearMissResolver(sets);
        try
        {
            var parser = new ODataUriParser(sets.Model, root, address) { Resolver = resolver, EnableNoDollarQueryOptions = true };
            parser.Settings.MaximumExpansionDepth = MaxExpansion;
            var path = parser.ParsePath();
            if (parser.CustomQueryOptions.FirstOrDefault(option => option.Key is ['$', ..]) is { Key: { } unknown })
            {
                throw ODataFault.Bad($"'{unknown}' is no query option of OData.", unknown);
            }

            // What $apply and $compute make must be known before other options name it.
            var (apply, compute) = (parser.ParseApply(), parser.ParseCompute());
            if (parser.ParseSearch() is not null)
            {
                throw ODataFault.NotImplemented("$search is not answered here; use $filter with contains.", "$search");
            }

            if (parser.ParseDeltaToken() is not null)
            {
                throw ODataFault.NotImplemented("Changes since a time ($deltatoken) are not answered here.", "$deltatoken");
            }

            return new ODataRequest
            {
                Path = path,
                Apply = apply,
                Compute = compute,
                Filter = parser.ParseFilter(),
                OrderBy = parser.ParseOrderBy(),
                SelectExpand = parser.ParseSelectAndExpand(),
                Top = parser.ParseTop(),
                Skip = parser.ParseSkip() ?? 0,
                Count = parser.ParseCount() ?? false,
                SkipToken = parser.ParseSkipToken(),
            };
        }
        catch (ODataUnrecognizedPathException exception)
        {
            if (resolver.MissedSource is { } name && sets.Withheld.Contains(name))
            {
                throw new ODataFault(
                    StatusCodes.Status403Forbidden,
                    "not-allowed",
                    $"This key may not read {name}: marts are for analysts who may read all, saved queries for those who may read all their metrics. /odata lists what it may read.");
            }

            throw ODataFault.NotFound(resolver.Explain(exception.Message));
        }
        catch (Exception exception) when (exception is not ODataFault and not OutOfMemoryException)
        {
            // The parser throws more than ODataException at strange input; whatever it is, the input was the reason: the model is sound.
            throw ODataFault.Bad(resolver.Explain(exception.Message));
        }
    }

    /// <summary>Notes names that were not found, so that the error can name near ones.</summary>
    private sealed class NearMissResolver : ODataUriResolver
    {
        private readonly PublishedSets sets;
        private (string Name, IEnumerable<string> Known)? missed;

        /// <summary>A name in the place of a set that is none.</summary>
        public string? MissedSource { get; private set; }

        public NearMissResolver(PublishedSets sets)
        {
            this.sets = sets;
            EnableCaseInsensitive = true;
        }

        public override Microsoft.OData.Edm.IEdmProperty ResolveProperty(Microsoft.OData.Edm.IEdmStructuredType type, string propertyName)
        {
            var property = base.ResolveProperty(type, propertyName);
            if (property is null)
            {
                missed = (propertyName, type.DeclaredProperties.Select(known => known.Name));
            }

            return property!;
        }

        public override Microsoft.OData.Edm.IEdmNavigationSource ResolveNavigationSource(Microsoft.OData.Edm.IEdmModel model, string identifier)
        {
            var source = base.ResolveNavigationSource(model, identifier);
            if (source is null)
            {
                missed = (identifier, sets.Sets.Keys);
                MissedSource = identifier;
            }

            return source!;
        }

        public string Explain(string message) =>
            missed is { } miss && message.Contains(miss.Name, StringComparison.Ordinal) && NearMatches.Of(miss.Name, miss.Known) is { Count: > 0 } near
                ? $"{message} Did you mean {string.Join(" or ", near.Select(name => $"'{name}'"))}?"
                : message;
    }
}
