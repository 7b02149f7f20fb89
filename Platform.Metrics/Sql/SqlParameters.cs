using System.Collections.Immutable;
using NpgsqlTypes;

namespace Platform.Metrics.Sql;

/// <summary>Where a statement's constants go.</summary>
/// <param name="asLiterals">They stand in the text: for the definition of a view, which has no parameters. Otherwise each is one.</param>
internal sealed class SqlParameters(bool asLiterals = false)
{
    private readonly List<SqlParameter> parameters = [];

    /// <summary>Adds a value and returns what stands for it; the same value twice is one parameter.</summary>
    public string Add(object value, NpgsqlDbType type)
    {
        if (asLiterals)
        {
            return SqlLiteral.Write(value, type);
        }

        var at = parameters.FindIndex(parameter => parameter.Type == type && parameter.Value.Equals(value));
        if (at < 0)
        {
            at = parameters.Count;
            parameters.Add(new SqlParameter(value, type));
        }

        return $"${at + 1}";
    }

    public ImmutableArray<SqlParameter> ToImmutable() => [.. parameters];
}
