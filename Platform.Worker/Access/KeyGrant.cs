using System.Text.RegularExpressions;

namespace Platform.Worker.Access;

/// <summary>What a key may read.</summary>
/// <param name="Name">Its holder, e.g. <c>power-bi</c>; keys of one name replace each other.</param>
/// <param name="Role">viewer (metrics and saved queries), analyst (tables and plans as well), operator or admin.</param>
internal sealed partial record KeyGrant(string Name, string Role)
{
    public static IReadOnlyList<string> Roles { get; } = ["viewer", "analyst", "operator", "admin"];

    /// <summary>Domains whose metrics it may read; none for all.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Metrics that it may read; none for all of its domains.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Dimension (<c>customer__region</c>) and the values whose rows it may read; none for all rows.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Rows { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Requests that it may send in a minute; null for what the Api allows every key.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <exception cref="ConfigurationFaultException">Something in it is no name, no role or empty; tells all of it.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 100)
        {
            faults.Add("the name is empty or longer than 100 characters; name the key's holder, e.g. power-bi");
        }

        if (!Roles.Contains(Role))
        {
            faults.Add($"'{Role}' is no role; known are {string.Join(", ", Roles)}");
        }

        faults.AddRange(Domains.Concat(Metrics).Where(name => !Element().IsMatch(name)).Select(name => $"'{name}' is no name of a domain or metric"));
        foreach (var (dimension, values) in Rows)
        {
            if (!Dimension().IsMatch(dimension))
            {
                faults.Add($"'{dimension}' is no dimension; write entity__dimension=value,value, e.g. customer__region=DACH");
            }
            else if (values.Count == 0)
            {
                faults.Add($"'{dimension}' has no values; name at least one, or leave the dimension out");
            }
        }

        if (RequestsPerMinute < 1)
        {
            faults.Add("requests per minute are 1 or more");
        }

        if (faults.Count > 0)
        {
            throw new ConfigurationFaultException($"The key cannot be made: {string.Join("; ", faults)}.");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Element();

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*(__[a-z][a-z0-9]*(_[a-z0-9]+)*)+$")]
    private static partial Regex Dimension();
}
