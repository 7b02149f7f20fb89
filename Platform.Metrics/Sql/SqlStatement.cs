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
