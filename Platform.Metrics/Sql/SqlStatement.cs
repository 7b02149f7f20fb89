using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Metrics.Sql;

/// <summary>SQL text and its parameters, <c>$1</c> first.</summary>
internal sealed record SqlStatement(string Text, ImmutableArray<SqlParameter> Parameters)
{
    /// <summary>The statement, to be run. The server's statement_timeout ends one that takes too long; the client only waits.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Text, connection) { CommandTimeout = 0 };
        foreach (var parameter in Parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter.Value, NpgsqlDbType = parameter.Type });
        }

        return command;
    }
}

internal sealed record SqlParameter(object Value, NpgsqlDbType Type);

/// <summary>Collects a statement's parameters.</summary>
internal sealed class SqlParameters
{
    private readonly List<SqlParameter> parameters = [];

    /// <summary>Adds a value and returns its placeholder; the same value twice is one parameter.</summary>
    public string Add(object value, NpgsqlDbType type)
    {
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
