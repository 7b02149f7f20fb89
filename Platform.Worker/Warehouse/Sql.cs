using System.Text;

namespace Platform.Worker.Warehouse;

/// <summary>The one place where names become SQL text. Values never do: they are parameters, except where PostgreSQL takes none.</summary>
internal static class Sql
{
    /// <summary>Bytes that PostgreSQL keeps of a name; it cuts longer ones silently, so they are refused here.</summary>
    public const int MaxIdentifierBytes = 63;

    /// <summary>Quotes a schema, table, column or role name.</summary>
    /// <exception cref="ArgumentException">The name is empty, holds NUL, or is longer than PostgreSQL keeps.</exception>
    public static string Identifier(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('\0') || Encoding.UTF8.GetByteCount(name) > MaxIdentifierBytes)
        {
            throw new ArgumentException($"'{name}' is no PostgreSQL name: at most {MaxIdentifierBytes} bytes and no NUL.", nameof(name));
        }

        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>What PostgreSQL keeps of a name that may be too long for it.</summary>
    public static string Cut(string name)
    {
        var length = name.Length;
        while (Encoding.UTF8.GetByteCount(name.AsSpan(0, length)) > MaxIdentifierBytes)
        {
            length -= char.IsLowSurrogate(name[length - 1]) ? 2 : 1;
        }

        return name[..length];
    }

    /// <summary>A schema-qualified name, each part quoted.</summary>
    public static string Identifier(string schema, string name) => $"{Identifier(schema)}.{Identifier(name)}";

    /// <summary>Quoted names, separated by commas.</summary>
    public static string Identifiers(IEnumerable<string> names) => string.Join(", ", names.Select(Identifier));

    /// <summary>A string literal, for the few statements that take no parameters (ALTER ROLE, COMMENT, DDL).</summary>
    public static string Literal(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var doubled = value.Replace("'", "''", StringComparison.Ordinal);
        return value.Contains('\\') ? $"E'{doubled.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{doubled}'";
    }
}
