using System.Text.Json;
using NuGet.Versioning;

namespace Platform.Worker.Transform.Packages;

/// <summary>The package index at hub.getdbt.com, or the one that DBT_PACKAGE_HUB_URL names.</summary>
internal sealed class PackageHub(PackageDownload download, Uri address)
{
    public static readonly Uri DefaultAddress = new("https://hub.getdbt.com/");

    private readonly Dictionary<string, HubListing> _listings = [];
    private HashSet<string>? _index;

    /// <summary>The versions of a package.</summary>
    /// <exception cref="TransformException">The hub has no such package, does not answer, or answers something else.</exception>
    public async Task<HubListing> PackageAsync(string package, SourceLocation at, CancellationToken cancellationToken)
    {
        if (_listings.TryGetValue(package, out var known))
        {
            return known;
        }

        _index ??= (await GetAsync("index", package, at, cancellationToken)).EnumerateArray().Select(name => name.GetString() ?? "").ToHashSet();
        if (!_index.Contains(package))
        {
            var near = _index.Where(name => name.EndsWith(package[package.IndexOf('/')..], StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            throw new TransformException(
                at, $"Package {package} was not found in the package index at {address}. {(near.Count == 0 ? "Check its name." : $"There is {string.Join(", ", near)}.")}");
        }

        return _listings[package] = HubListing.Read(await GetAsync(package, package, at, cancellationToken), package, at);
    }

    private async Task<JsonElement> GetAsync(string name, string package, SourceLocation at, CancellationToken cancellationToken)
    {
        var url = new Uri(address, $"api/v1/{name}.json");
        await using var content = await download.OpenAsync(url, package, at, cancellationToken);
        try
        {
            using var document = await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken);
            var expected = name == "index" ? JsonValueKind.Array : JsonValueKind.Object;
            return document.RootElement.ValueKind == expected
                ? document.RootElement.Clone()
                : throw new TransformException(at, $"the package hub's answer for '{package}' is not what a hub answers ({url}). Check DBT_PACKAGE_HUB_URL.");
        }
        catch (JsonException fault)
        {
            throw new TransformException(at, $"the package hub's answer for '{package}' is not JSON ({url}). Check DBT_PACKAGE_HUB_URL.", fault);
        }
    }
}

/// <summary>A package of the hub with its versions.</summary>
/// <param name="Versions">By the text under which the hub lists them.</param>
/// <param name="MovedTo">The name under which the package lives now, when it was renamed.</param>
internal sealed record HubListing(IReadOnlyDictionary<string, HubVersion> Versions, string? MovedTo)
{
    public static HubListing Read(JsonElement json, string package, SourceLocation at)
    {
        if (!json.TryGetProperty("versions", out var versions) || versions.ValueKind is not JsonValueKind.Object)
        {
            throw new TransformException(at, $"the package hub lists no versions of '{package}'. Check DBT_PACKAGE_HUB_URL.");
        }

        var read = new Dictionary<string, HubVersion>();
        foreach (var entry in versions.EnumerateObject())
        {
            if (VersionConstraint.TryVersion(entry.Name) is { } number && HubVersion.Read(entry.Name, number, entry.Value, at) is { } version)
            {
                read[entry.Name] = version;
            }
        }

        var (space, name) = (Text(json, "redirectnamespace"), Text(json, "redirectname"));
        var parts = package.Split('/', 2);
        return new HubListing(read, space is null && name is null ? null : $"{space ?? parts[0]}/{name ?? parts[1]}");
    }

    private static string? Text(JsonElement json, string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}

/// <summary>One version of a package of the hub.</summary>
internal sealed record HubVersion(
    string Text, NuGetVersion Number, string ProjectName, string Tarball, IReadOnlyList<PackageSpec> Packages, IReadOnlyList<VersionConstraint> RequiredEngine)
{
    /// <summary>True when its require-dbt-version allows the dbt version spoken here.</summary>
    public bool AllowsEngine => RequiredEngine.All(constraint => constraint.Allows(DbtVersion.Number));

    public static HubVersion? Read(string text, NuGetVersion number, JsonElement json, SourceLocation at)
    {
        if (Plain(json) is not Dictionary<string, object?> entry || entry.GetValueOrDefault("name") is not string name
            || entry.GetValueOrDefault("downloads") is not Dictionary<string, object?> downloads || downloads.GetValueOrDefault("tarball") is not string tarball)
        {
            return null;
        }

        var packages = (entry.GetValueOrDefault("packages") as List<object?> ?? []).OfType<Dictionary<string, object?>>()
            .Select(package => PackageSpecReader.Read(package, package, at)).ToList();
        var required = entry.GetValueOrDefault("require_dbt_version") switch
        {
            List<object?> items => items.Select(item => item?.ToString() ?? ""),
            string single => single.Split(','),
            _ => [],
        };
        return new HubVersion(text, number, name, tarball, packages, required.Where(item => item.Length > 0).Select(VersionConstraint.Parse).ToList());
    }

    private static object? Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(entry => entry.Name, entry => Plain(entry.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
