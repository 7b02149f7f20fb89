using System.Globalization;
using System.Text;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Contracts.Drafting;

/// <summary>Names of tables and columns from what a supplier wrote.</summary>
internal static class DraftNames
{
    private const string Accented = "àáâãāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňòóôõōŏőŕŗřśŝşšșţťŧțùúûũūŭůűųŵýÿŷźżž";
    private const string Unaccented = "aaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijklllllnnnnooooooorrrsssssttttuuuuuuuuuwyyyzzz";

    /// <summary>Lower-case letters, digits and '_', starting with a letter: <c>Größe (cm)</c> becomes <c>groesse_cm</c>.</summary>
    public static string Of(string text)
    {
        var name = new StringBuilder();
        foreach (var character in text.Trim().ToLowerInvariant())
        {
            name.Append(character switch
            {
                'ä' => "ae",
                'ö' => "oe",
                'ü' => "ue",
                'ß' => "ss",
                'æ' => "ae",
                'ø' => "oe",
                'å' => "aa",
                _ => Plain(character),
            });
        }

        var words = string.Join('_', name.ToString().Split('_', StringSplitOptions.RemoveEmptyEntries));
        words = words.Length > 0 && char.IsAsciiLetter(words[0]) ? words : $"c_{words}".TrimEnd('_');
        return words.Length <= Sql.MaxIdentifierBytes ? words : words[..Sql.MaxIdentifierBytes];
    }

    /// <summary>A name for each header, all different.</summary>
    public static IReadOnlyList<string> OfAll(IEnumerable<string> headers)
    {
        var names = new List<string>();
        foreach (var header in headers)
        {
            var name = Of(header);
            var unique = name;
            for (var number = 2; names.Contains(unique, StringComparer.Ordinal); number++)
            {
                var ending = number.ToString(CultureInfo.InvariantCulture);
                unique = $"{name[..Math.Min(name.Length, Sql.MaxIdentifierBytes - ending.Length - 1)]}_{ending}";
            }

            names.Add(unique);
        }

        return names;
    }

    /// <summary>The letter without its accent, where it has a place in ASCII. By table: without ICU's data no letter is decomposed.</summary>
    private static string Plain(char character)
    {
        var plain = Accented.IndexOf(character) is var index and >= 0 ? Unaccented[index] : character;
        return char.IsAsciiLetterOrDigit(plain) ? plain.ToString() : "_";
    }
}
