using System.Text;

namespace Platform.Worker.Transform.Project;

/// <summary>Splits CSV text into rows as Python's <c>csv.DictReader</c> does; an empty cell is null.</summary>
internal static class FixtureRows
{
    public static IReadOnlyList<IReadOnlyDictionary<string, object?>> Parse(string text)
    {
        var records = Records(text).Where(record => record.Count > 0).ToList();
        if (records.Count == 0)
        {
            return [];
        }

        var header = records[0];
        return
        [
            .. records.Skip(1).Select(IReadOnlyDictionary<string, object?> (record) =>
            {
                var row = new Dictionary<string, object?>(header.Count);
                for (var at = 0; at < header.Count; at++)
                {
                    row[header[at]] = at < record.Count && record[at].Length > 0 ? record[at] : null;
                }

                return row;
            }),
        ];
    }

    private static IEnumerable<List<string>> Records(string text)
    {
        var record = new List<string>();
        var cell = new StringBuilder();
        var (quoted, started) = (false, false);
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (quoted)
            {
                if (character != '"')
                {
                    cell.Append(character);
                }
                else if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    cell.Append('"');
                    at++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (character == '"' && cell.Length == 0)
            {
                (quoted, started) = (true, true);
            }
            else if (character == ',')
            {
                record.Add(cell.ToString());
                cell.Clear();
                started = true;
            }
            else if (character == '\n')
            {
                if (started || cell.Length > 0)
                {
                    record.Add(cell.ToString());
                }

                yield return record;
                (record, started) = ([], false);
                cell.Clear();
            }
            else if (character != '\r')
            {
                cell.Append(character);
            }
        }

        if (started || cell.Length > 0)
        {
            record.Add(cell.ToString());
            yield return record;
        }
    }
}
