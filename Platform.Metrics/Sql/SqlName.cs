using System.Collections.Frozen;

namespace Platform.Metrics.Sql;

/// <summary>The one place where names become SQL text. Values never do: they are parameters.</summary>
internal static class SqlName
{
    // Words that PostgreSQL reserves, or that mean something by themselves where a column's name may stand.
    private static readonly FrozenSet<string> Reserved =
        """
        all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character
        check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role
        current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists
        extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int
        integer intersect interval into is isnull join json lateral leading least left like limit localtime localtimestamp merge_action
        national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing
        position precision primary real references returning right row select session_user setof similar smallint some substring symmetric
        system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic
        verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
        xmlserialize xmltable
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();

    /// <summary>Quotes a name where it needs quotes, so that statements stay readable.</summary>
    /// <exception cref="ArgumentException">The name is empty or holds NUL.</exception>
    public static string Quote(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A name in PostgreSQL has no NUL.", nameof(name));
        }

        return IsPlain(name) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A schema-qualified name, each part quoted where it needs it.</summary>
    public static string Quote(string schema, string name) => $"{Quote(schema)}.{Quote(name)}";

    /// <summary>Whether the text means a column of that name wherever it stands.</summary>
    public static bool IsPlain(string text) =>
        text.Length > 0
        && (char.IsAsciiLetterLower(text[0]) || text[0] == '_')
        && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_')
        && !Reserved.Contains(text);
}
