namespace Platform.Worker.Pipeline;

/// <summary>The connection strings that a Worker cannot do without.</summary>
internal static class ConnectionStrings
{
    /// <exception cref="ConfigurationFaultException">Names every one that is missing, and how to set it.</exception>
    public static void Require(IConfiguration configuration, IEnumerable<string> names)
    {
        var missing = names.Where(name => string.IsNullOrWhiteSpace(configuration.GetConnectionString(name))).ToList();
        if (missing.Count > 0)
        {
            throw new ConfigurationFaultException(string.Join(
                Environment.NewLine,
                missing.Select(name => $"The connection string '{name}' is missing: set the environment variable ConnectionStrings__{name}.")));
        }
    }
}
