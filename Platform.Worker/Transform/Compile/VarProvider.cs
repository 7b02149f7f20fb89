using System.Collections.Concurrent;
using System.Text.Json;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// Values of <c>var()</c>: the request's, then the root project's (for the package, then for all), then the package's own. While a project
/// is parsed it notes what was read, so that a cached parse is used again only where the answers are the same.
/// </summary>
internal sealed class VarProvider(IReadOnlyDictionary<string, object?> given, IReadOnlyList<Package> packages)
{
    private readonly ConcurrentDictionary<(string Package, string Name), string> _read = new();
    private readonly ConcurrentDictionary<string, string?> _environment = new();

    public bool TryGet(string package, string name, out object? value)
    {
        var found = Lookup(package, name, out value);
        _read.TryAdd((package, name), found ? JsonSerializer.Serialize(value) : "");
        return found;
    }

    public string? EnvironmentVariable(string name) => _environment.GetOrAdd(name, Environment.GetEnvironmentVariable);

    /// <summary>What <c>var(name)</c> could have found, for the error when it found nothing.</summary>
    public IEnumerable<string> Names(string package) => Layers(package).SelectMany(layer => layer.Keys).Distinct().Order(StringComparer.Ordinal);

    /// <summary>True when everything that was read here reads the same there.</summary>
    public bool ReadsTheSameIn(VarProvider other) =>
        _read.All(entry => (other.Lookup(entry.Key.Package, entry.Key.Name, out var value) ? JsonSerializer.Serialize(value) : "") == entry.Value)
        && _environment.All(entry => Environment.GetEnvironmentVariable(entry.Key) == entry.Value);

    /// <summary>Notes what another one read.</summary>
    public void Remember(VarProvider other)
    {
        foreach (var (key, value) in other._read)
        {
            _read.TryAdd(key, value);
        }

        foreach (var (name, value) in other._environment)
        {
            _environment.TryAdd(name, value);
        }
    }

    private bool Lookup(string package, string name, out object? value)
    {
        foreach (var layer in Layers(package))
        {
            if (layer.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    private IEnumerable<IReadOnlyDictionary<string, object?>> Layers(string package)
    {
        yield return given;
        if (packages.Count == 0)
        {
            yield break;
        }

        foreach (var project in packages.Where(candidate => candidate.IsRoot || candidate.Name == package).Select(candidate => candidate.Project))
        {
            if (project.Vars.TryGetValue(package, out var scoped) && scoped is IReadOnlyDictionary<string, object?> inPackage)
            {
                yield return inPackage;
            }

            yield return project.Vars;
        }
    }
}
