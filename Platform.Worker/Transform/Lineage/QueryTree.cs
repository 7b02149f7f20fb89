using System.Globalization;
using System.Text;

namespace Platform.Worker.Transform.Lineage;

/// <summary>
/// A node of PostgreSQL's query tree, from the text that the server gives of a <c>pg_node_tree</c>:
/// <c>{VAR :varno 1 :varattno 2 ...}</c>. A field holds a node, a list, or text.
/// </summary>
internal sealed class QueryTree
{
    private readonly List<KeyValuePair<string, object?>> _fields = [];

    private QueryTree(string name) => Name = name;

    public string Name { get; }

    /// <summary>The nodes of a list field; none when it is empty.</summary>
    public IEnumerable<QueryTree> Nodes(string field) => Nodes(Field(field));

    public QueryTree? Node(string field) => Field(field) as QueryTree;

    public string? Text(string field) => Field(field) as string;

    public int Number(string field) => int.TryParse(Text(field), CultureInfo.InvariantCulture, out var number) ? number : 0;

    public uint Oid(string field) => uint.TryParse(Text(field), CultureInfo.InvariantCulture, out var number) ? number : 0;

    public bool Flag(string field) => Text(field) == "true";

    /// <summary>The nodes of all fields.</summary>
    public IEnumerable<QueryTree> Children
    {
        get
        {
            foreach (var (_, value) in _fields)
            {
                foreach (var node in Nodes(value))
                {
                    yield return node;
                }
            }
        }
    }

    /// <summary>The nodes of a field that holds one or, nested to any depth, a list of them.</summary>
    public static IEnumerable<QueryTree> Nodes(object? value) => value switch
    {
        QueryTree node => [node],
        List<object?> items => items.SelectMany(Nodes),
        _ => [],
    };

    /// <summary>The items of a field that holds a list.</summary>
    public IReadOnlyList<object?> Items(string field) => Field(field) as List<object?> ?? [];

    /// <exception cref="FormatException">Not the text of a query tree.</exception>
    public static IReadOnlyList<QueryTree> Parse(string text) => [.. Nodes(new Reader(text).Value())];

    private object? Field(string name)
    {
        foreach (var (key, value) in _fields)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Words, braces and parentheses; a backslash makes the character behind it part of a word.</summary>
    private sealed class Reader(string text)
    {
        private readonly StringBuilder _unescaped = new();
        private int _at;

        /// <summary>The brace or parenthesis that was read last; '\0' when it was a word.</summary>
        private char _mark;

        private string _word = "";
        private bool _escaped;

        /// <summary>Reads one value: null, a node, a list, or a word.</summary>
        public object? Value()
        {
            Read();
            return Current();
        }

        private object? Current() => _mark switch
        {
            '{' => Node(),
            '(' => List(),
            _ => _word == "<>" && !_escaped ? null : _word,
        };

        private List<object?> List()
        {
            var items = new List<object?>();
            for (Read(); _mark != ')'; Read())
            {
                items.Add(Current());
            }

            return items;
        }

        private QueryTree Node()
        {
            Read();
            var node = new QueryTree(_word);
            for (Read(); _mark != '}'; Read())
            {
                // The bytes of a constant are several words; those behind the first, which says how many, are passed over.
                if (_mark == '\0' && _word[0] == ':')
                {
                    var field = _word[1..];
                    node._fields.Add(new(field, Value()));
                }
            }

            return node;
        }

        private void Read()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            if (_at == text.Length)
            {
                throw new FormatException("a query tree that ends early");
            }

            _mark = text[_at];
            if (IsMark(_mark))
            {
                _at++;
                return;
            }

            _mark = '\0';
            var start = _at;
            _escaped = false;
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !IsMark(text[_at]))
            {
                _escaped |= text[_at] == '\\';
                _at += text[_at] == '\\' ? 2 : 1;
            }

            _at = Math.Min(_at, text.Length);
            _word = _escaped ? Unescape(text.AsSpan(start, _at - start)) : text[start.._at];
        }

        private static bool IsMark(char character) => character is '{' or '}' or '(' or ')';

        private string Unescape(ReadOnlySpan<char> word)
        {
            _unescaped.Clear();
            for (var index = 0; index < word.Length; index++)
            {
                if (word[index] == '\\' && index + 1 < word.Length)
                {
                    index++;
                }

                _unescaped.Append(word[index]);
            }

            return _unescaped.ToString();
        }
    }
}
