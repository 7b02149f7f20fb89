using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>Writes values as YAML in block style, the way PyYAML does: lists not indented below their key, text quoted where it must be.</summary>
internal static partial class YamlText
{
    /// <returns>null when the value, or something in it, has no form in YAML.</returns>
    public static string? Write(Value value, bool sortKeys)
    {
        var text = new StringBuilder();
        return value.Kind is ValueKind.Dict or ValueKind.List or ValueKind.Tuple
            ? Block(text, value, 0, sortKeys) ? text.ToString() : null
            : Scalar(value) is { } scalar ? $"{scalar}\n{(scalar is ['\'' or '"', ..] ? "" : "...\n")}" : null;
    }

    private static bool Block(StringBuilder text, Value value, int indent, bool sortKeys)
    {
        if (!Sequences.Enter(value.Object!))
        {
            return false;
        }

        try
        {
            Sequences.CheckText(text.Length);
            return Entries(text, value, indent, sortKeys);
        }
        finally
        {
            Sequences.Leave(value.Object!);
        }
    }

    private static bool Entries(StringBuilder text, Value value, int indent, bool sortKeys)
    {
        if (value.As<DictValue>() is { } dictionary)
        {
            var entries = sortKeys ? dictionary.Items.OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal) : dictionary.Items.AsEnumerable();
            return entries.All(entry => Entry(text.Append(' ', IndentAt(text, indent)).Append(Scalar(entry.Key)).Append(':'), entry.Value, indent, isItem: false, sortKeys));
        }

        return value.Iterate().All(item => Entry(text.Append(' ', IndentAt(text, indent)).Append('-'), item, indent, isItem: true, sortKeys));
    }

    private static bool Entry(StringBuilder text, Value value, int indent, bool isItem, bool sortKeys)
    {
        switch (value.Kind)
        {
            case ValueKind.Dict when value.As<DictValue>()!.Items.Count == 0:
                text.Append(" {}\n");
                return true;
            case ValueKind.List or ValueKind.Tuple when !value.Iterate().Any():
                text.Append(" []\n");
                return true;
            case ValueKind.Dict or ValueKind.List or ValueKind.Tuple:
                // An item's own entries begin on its line; a list below a key is not indented.
                text.Append(isItem ? " " : "\n");
                return Block(text, value, isItem || value.Kind is ValueKind.Dict ? indent + 2 : indent, sortKeys);
            default:
                var scalar = Scalar(value);
                text.Append(' ').Append(scalar).Append('\n');
                return scalar is not null;
        }
    }

    private static int IndentAt(StringBuilder text, int indent) => text.Length == 0 || text[^1] == '\n' ? indent : 0;

    private static string? Scalar(Value value) => value.Kind switch
    {
        ValueKind.None => "null",
        ValueKind.Boolean => value.IsTrue ? "true" : "false",
        ValueKind.Integer or ValueKind.Float => value.ToString(),
        ValueKind.String => Quoted(value.AsString()),
        _ => null,
    };

    private static string Quoted(string text) => text.Any(char.IsControl) ? $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""
        : text.Length == 0 || Special().IsMatch(text) || text != text.Trim() || text.EndsWith(':')
            || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"
            : text;

    [GeneratedRegex(@"^(true|false|yes|no|on|off|null|~|\d{4}-\d\d?-\d\d?.*)$|^[-?:](\s|$)|^[,\[\]{}#&*!|>'""%@`=]|: | #", RegexOptions.IgnoreCase)]
    private static partial Regex Special();
}
