namespace Platform.Worker.Transform.Compile;

/// <summary>Environment variables that the user wants to find in artifacts and logs: <c>DBT_ENV_CUSTOM_ENV_x</c>, as <c>x</c>.</summary>
internal static class CustomVariables
{
    private const string Prefix = "DBT_ENV_CUSTOM_ENV_";

    public static IEnumerable<(string Name, string Value)> Read() =>
        PrefixedVariables.Read(Prefix).Select(variable => (variable.Name[Prefix.Length..], variable.Value));
}
