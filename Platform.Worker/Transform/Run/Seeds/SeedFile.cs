using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Run.Seeds;

/// <summary>A column of a seed: its name in the header and the type that its fields have.</summary>
/// <param name="Name">As the header has it; empty and repeated names are made unique as agate does.</param>
/// <param name="Type">The inferred type; Text for a column with a configured type, whose fields PostgreSQL reads.</param>
/// <param name="SqlType">PostgreSQL's type for the inferred one.</param>
/// <param name="HasOffset">True when some time has an offset from UTC.</param>
internal sealed record SeedColumn(string Name, SeedTypes Type, string SqlType, bool HasOffset);

/// <summary>A seed's CSV file: columns with inferred types, and its way into a table by COPY.</summary>
internal sealed partial class SeedFile
{
    private readonly Node _node;
    private readonly char _delimiter;

    private SeedFile(Node node)
    {
        _node = node;
        _delimiter = node.Config.Text("delimiter") switch
        {
            null => ',',
            [var character] => character,
            var other => throw new TransformException(node.At, $"the delimiter of a seed is one character, not '{other}'. Correct 'delimiter' of '{node.Name}'."),
        };
    }

    public IReadOnlyList<SeedColumn> Columns { get; private init; } = [];

    public long RowCount { get; private init; }

    /// <summary>Reads the file once to infer the types.</summary>
    /// <exception cref="TransformException">The file is no CSV file in UTF-8, or a line has more fields than the header.</exception>
    public static SeedFile Scan(Node node, CancellationToken cancellationToken)
    {
        var file = new SeedFile(node);
        try
        {
            using var reader = file.Open();
            var names = Header(reader);
            var configured = node.Config.Map("column_types");
            var open = names.Select(name => configured.ContainsKey(name) ? SeedTypes.Text : SeedTypes.All).ToArray();
            var places = new SeedNumber[names.Count];
            Array.Fill(places, SeedNumber.Smallest);
            var offsets = new bool[names.Count];
            var rows = 0L;
            for (; reader.Read(); rows++)
            {
                file.CheckWidth(reader, names.Count);
                for (var index = 0; index < reader.FieldCount; index++)
                {
                    if (open[index] is not SeedTypes.Text && !SeedCast.IsNull(reader[index]))
                    {
                        open[index] = SeedCast.Narrow(reader[index], open[index], ref places[index], ref offsets[index]);
                    }
                }

                if ((rows & 0xFFF) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            return new SeedFile(node)
            {
                RowCount = rows,
                Columns = [.. names.Select((name, index) =>
                {
                    var type = SeedCast.Preferred(open[index]);
                    return new SeedColumn(name, type, SqlType(type, places[index]), offsets[index] && type is SeedTypes.IsoDateTime);
                })],
            };
        }
        catch (DecoderFallbackException fault)
        {
            throw new TransformException(new SourceLocation(node.OriginalFilePath), "the file is not UTF-8. Save it as UTF-8.", fault);
        }
    }

    /// <summary>The rows, each value as it goes into the table; null for null.</summary>
    public IEnumerable<string?[]> Rows()
    {
        using var reader = Open();
        reader.Read();
        while (reader.Read())
        {
            var row = new string?[Columns.Count];
            for (var index = 0; index < reader.FieldCount; index++)
            {
                row[index] = SeedCast.Format(reader[index], Columns[index].Type, Columns[index].SqlType == "integer");
            }

            yield return row;
        }
    }

    /// <summary>Appends the rows to a table that has the file's columns.</summary>
    /// <param name="connection">A connection with nothing queued; an open transaction stays open.</param>
    /// <param name="relation">The table as SQL.</param>
    /// <param name="columns">The names of its columns as SQL, in the file's order.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    /// <exception cref="TransformException">PostgreSQL refuses a value; the error names the file's line.</exception>
    /// <exception cref="SqlException">PostgreSQL refuses the statement, as it does when the table has other columns.</exception>
    public void CopyTo(NpgsqlConnection connection, string relation, string columns, CancellationToken cancellationToken)
    {
        try
        {
            Load(connection, relation, columns, cancellationToken);
        }
        catch (PostgresException fault) when (!Outage.Is(fault))
        {
            throw new SqlException($"copy {relation} ({columns}) from stdin", 0, fault);
        }
    }

    private void Load(NpgsqlConnection connection, string relation, string columns, CancellationToken cancellationToken)
    {
        if (!Columns.Any(column => column.HasOffset))
        {
            Copy(connection, relation, columns, cancellationToken);
            return;
        }

        // A time with an offset is a moment: PostgreSQL turns it into the session's local time, as it does for dbt's typed literals.
        const string staging = "dbt_seed_with_offsets";
        var names = Sql.Identifiers(Columns.Select(column => column.Name));
        Execute(connection, $"create temporary table {staging} as select {columns} from {relation} limit 0");
        foreach (var (column, name) in Columns.Zip(columns.Split(", ")).Where(pair => pair.First.HasOffset))
        {
            Execute(connection, $"alter table {staging} alter column {name} type timestamp with time zone");
        }

        Copy(connection, staging, columns, cancellationToken);
        Execute(connection, $"insert into {relation} ({columns}) select {columns} from {staging}");
        Execute(connection, $"drop table {staging}");
    }

    private void Copy(NpgsqlConnection connection, string relation, string columns, CancellationToken cancellationToken)
    {
        try
        {
            using var copy = connection.BeginTextImport($"copy {relation} ({columns}) from stdin");
            var rows = 0L;
            foreach (var row in Rows())
            {
                for (var index = 0; index < row.Length; index++)
                {
                    if (index > 0)
                    {
                        copy.Write('\t');
                    }

                    Write(copy, row[index]);
                }

                copy.Write('\n');
                if ((++rows & 0xFFF) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
        catch (PostgresException fault) when (!Outage.Is(fault) && CopyLine().Match(fault.Where ?? "") is { Success: true } match)
        {
            var value = match.Groups["value"].Success ? $" Column {match.Groups["value"].Value}." : "";
            var error = new TransformError(
                new SourceLocation(_node.OriginalFilePath, LineOf(long.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture))),
                $"{fault.MessageText}.{value} Correct the file, or give the column another type under 'column_types' of '{_node.Name}'"
                + " (and build with a full refresh if the table is there already).");
            throw new TransformException([error with { Kind = ErrorKind.Database }], fault);
        }
    }

    private static void Write(TextWriter copy, string? value)
    {
        if (value is null)
        {
            copy.Write("\\N");
            return;
        }

        if (value.AsSpan().IndexOfAny('\\', '\t', '\n') < 0)
        {
            copy.Write(value);
            return;
        }

        copy.Write(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    private SeedFileReader Open() => new(_node.FullPath!, _delimiter);

    /// <summary>The names of the first line: an empty one becomes a letter, one that was there before gets a number (agate's rules).</summary>
    private static List<string> Header(SeedFileReader reader)
    {
        var names = new List<string>();
        reader.Read();
        for (var index = 0; index < reader.FieldCount; index++)
        {
            var name = reader[index].Length > 0 ? reader[index].ToString() : new string((char)('a' + (index % 26)), (index / 26) + 1);
            var unique = name;
            for (var number = 2; names.Contains(unique); number++)
            {
                unique = $"{name}_{number.ToString(CultureInfo.InvariantCulture)}";
            }

            names.Add(unique);
        }

        return names;
    }

    private static string SqlType(SeedTypes type, SeedNumber places) => type switch
    {
        SeedTypes.Number => places.SqlType,
        SeedTypes.Date => "date",
        SeedTypes.DateTime or SeedTypes.IsoDateTime => "timestamp without time zone",
        SeedTypes.Boolean => "boolean",
        _ => "text",
    };

    private void CheckWidth(SeedFileReader reader, int expected)
    {
        if (reader.FieldCount > expected)
        {
            throw new TransformException(
                new SourceLocation(_node.OriginalFilePath, reader.Line), $"the line has {reader.FieldCount} fields, the header {expected}. Correct the line.");
        }
    }

    /// <summary>The line of the file on which a row begins; rows count from 1, without the header.</summary>
    private int LineOf(long row)
    {
        using var reader = Open();
        for (var record = 0L; record <= row && reader.Read(); record++)
        {
        }

        return reader.Line;
    }

    [GeneratedRegex(@"line (?<line>[0-9]+)(, column (?<value>.*))?", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex CopyLine();
}
