using System.Buffers;
using System.Text;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Reads the YAML that properties files are mostly made of, block mappings and lists with scalars on one line, block scalars and flow
/// collections on one line, several times as fast as a full parser. Whatever it is not made for (anchors, tags, scalars over several lines,
/// tabs, several documents, deep nesting, anything that looks wrong) makes it give up; then the full parser reads the file.
/// </summary>
internal ref struct YamlFastReader
{
    private const int MaxDepth = 64;

    private static readonly SearchValues<char> NotSimple = SearchValues.Create("\t\r\uFEFF\u0085\u2028\u2029");

    private readonly SourceFile _file;
    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _depth;
    private bool _failed;

    private YamlFastReader(SourceFile file)
    {
        _file = file;
        _text = file.Text;
    }

    /// <returns>False when the file is not of the simple kind; <paramref name="root"/> is null then, and for a file that holds nothing.</returns>
    public static bool TryRead(SourceFile file, out YamlValue? root)
    {
        var reader = new YamlFastReader(file);
        root = null;
        if (file.Text.AsSpan().ContainsAny(NotSimple))
        {
            return false;
        }

        reader.SkipBlank();
        if (reader.Rest.StartsWith("---\n"))
        {
            reader.NextLine();
            reader.SkipBlank();
        }

        if (reader._at == file.Text.Length)
        {
            return true;
        }

        if (reader.Current == '%' || reader.Rest.StartsWith("---") || reader.Rest.StartsWith("..."))
        {
            return false;
        }

        root = reader.ReadBlock(reader.Column, -1);
        reader.SkipBlank();
        if (reader._failed || reader._at < file.Text.Length)
        {
            root = null;
            return false;
        }

        return true;
    }

    private readonly ReadOnlySpan<char> Rest => _text[_at..];

    private readonly int Column => _at - _lineStart;

    private readonly char Current => _at < _text.Length ? _text[_at] : '\n';

    private readonly char Following => _at + 1 < _text.Length ? _text[_at + 1] : '\n';

    private readonly SourceLocation Here => _file.At(_line, Column + 1);

    /// <summary>A value that starts at the given column of the current line, inside a mapping or list that starts at <paramref name="parent"/>.</summary>
    private YamlValue ReadBlock(int column, int parent)
    {
        if (++_depth > MaxDepth)
        {
            return Fail();
        }

        var value = IsItemAhead() ? ReadList(column) : IsKeyAhead() ? ReadMapping(column) : ReadInline(parent);
        _depth--;
        return value;
    }

    private YamlValue ReadList(int column)
    {
        var at = Here;
        var items = new List<YamlValue>();
        while (!_failed && _at < _text.Length && Column == column && IsItemAhead())
        {
            _at++;
            items.Add(ReadAfterMark(column, inList: true));
            SkipBlank();
        }

        return _failed || (_at < _text.Length && Column > column) ? Fail() : new YamlValue(at, items);
    }

    private YamlValue ReadMapping(int column)
    {
        var at = Here;
        var map = new Dictionary<string, YamlValue>();
        while (!_failed && _at < _text.Length && Column == column)
        {
            if (!IsKeyAhead() || ReadKey() is not { } key || key == "<<")
            {
                return Fail();
            }

            if (!map.TryAdd(key, ReadAfterMark(column, inList: false)))
            {
                return Fail();
            }

            SkipBlank();
        }

        return _failed || (_at < _text.Length && Column > column) ? Fail() : new YamlValue(at, map);
    }

    /// <summary>What follows <c>-</c> or <c>key:</c>: on the same line, or indented below it.</summary>
    private YamlValue ReadAfterMark(int column, bool inList)
    {
        var empty = new YamlValue(Here, (object?)null);
        SkipSpaces();
        if (Current is '\n' or '#')
        {
            if (Current == '#' && _at > 0 && _text[_at - 1] != ' ')
            {
                return Fail();
            }

            SkipBlank();
            var isBelow = _at < _text.Length && (Column > column || (!inList && Column == column && IsItemAhead()));
            return isBelow ? ReadBlock(Column, column) : empty;
        }

        if (Current is '|' or '>')
        {
            return ReadBlockScalar(column);
        }

        return inList ? ReadBlock(Column, column) : ReadInline(column);
    }

    /// <summary>A scalar or a flow collection up to the end of the line; what would go on below it is not simple.</summary>
    private YamlValue ReadInline(int parent)
    {
        var value = ReadFlow(inFlow: false);
        SkipSpaces();
        if (_failed || Current is not ('\n' or '#') || (Current == '#' && _text[_at - 1] != ' '))
        {
            return Fail();
        }

        SkipBlank();
        return _at < _text.Length && Column > parent ? Fail() : value;
    }

    private YamlValue ReadFlow(bool inFlow)
    {
        if (++_depth > MaxDepth)
        {
            return Fail();
        }

        var value = ReadFlowValue(inFlow);
        _depth--;
        return value;
    }

    private YamlValue ReadFlowValue(bool inFlow)
    {
        var at = Here;
        switch (Current)
        {
            case '[':
                _at++;
                var items = new List<YamlValue>();
                while (!_failed && !SkipTo(']'))
                {
                    var item = ReadFlow(inFlow: true);
                    SkipSpaces();
                    if (Current == ':')
                    {
                        // [key: value] is a list of one mapping.
                        _at++;
                        SkipSpaces();
                        if (item.AsText() is not { } single || Current is ',' or ']')
                        {
                            return Fail();
                        }

                        item = new YamlValue(item.At, new Dictionary<string, YamlValue> { [single] = ReadFlow(inFlow: true) });
                    }

                    items.Add(item);
                    SkipComma(']');
                }

                return new YamlValue(at, items);
            case '{':
                _at++;
                var map = new Dictionary<string, YamlValue>();
                while (!_failed && !SkipTo('}'))
                {
                    var quoted = Current is '"' or '\'';
                    var key = quoted ? ReadQuoted() : ReadPlain(inFlow: true);
                    SkipSpaces();
                    if (key is null || key.Length == 0 || key == "<<" || Current != ':' || (!quoted && Following is not (' ' or ',' or '}')))
                    {
                        return Fail();
                    }

                    _at++;
                    var empty = new YamlValue(Here, (object?)null);
                    SkipSpaces();
                    if (!map.TryAdd(key, Current is ',' or '}' ? empty : ReadFlow(inFlow: true)))
                    {
                        return Fail();
                    }

                    SkipComma('}');
                }

                return new YamlValue(at, map);
            case '"' or '\'':
                return ReadQuoted() is { } text ? new YamlValue(at, text) : Fail();
            case '&' or '*' or '!' or '|' or '>' or '%' or '@' or '`' or '?' or '#' or ',' or ']' or '}':
                return Fail();
            case '-' or ':' when Following is ' ' or '\n':
                return Fail();
            default:
                return ReadPlain(inFlow) is { } plain ? new YamlValue(at, YamlScalars.Typed(plain)) : Fail();
        }
    }

    private bool SkipTo(char closing)
    {
        SkipSpaces();
        if (Current == closing && _at < _text.Length)
        {
            _at++;
            return true;
        }

        _failed |= Current is '\n';
        return _failed;
    }

    private void SkipComma(char closing)
    {
        SkipSpaces();
        if (Current == ',')
        {
            _at++;
            SkipSpaces();
            _failed |= Current is ',' or '\n';
        }
        else
        {
            _failed |= Current != closing;
        }
    }

    /// <summary>Plain text up to what ends it; null when it is more than simple.</summary>
    private string? ReadPlain(bool inFlow)
    {
        var start = _at;
        for (; _at < _text.Length; _at++)
        {
            var character = _text[_at];
            if (character == '\n' || (character == '#' && _at > start && _text[_at - 1] == ' ')
                || (character == ':' && (Following is ' ' or '\n' || (inFlow && Following is ',' or '[' or ']' or '{' or '}'))))
            {
                break;
            }

            if (inFlow && character is ',' or '[' or ']' or '{' or '}')
            {
                break;
            }
        }

        if (!inFlow && Current == ':')
        {
            return null;
        }

        return _text[start.._at].TrimEnd(' ').ToString();
    }

    /// <summary>A quoted text on one line; null when it is more than simple.</summary>
    private string? ReadQuoted()
    {
        var quote = Current;
        var start = ++_at;
        var end = Rest.IndexOfAny(quote, '\n');
        if (end < 0 || Rest[end] == '\n')
        {
            return null;
        }

        if (quote == '"' ? !Rest[..end].Contains('\\') : end + 1 >= Rest.Length || Rest[end + 1] != '\'')
        {
            _at += end + 1;
            return _text[start..(start + end)].ToString();
        }

        var text = new StringBuilder();
        for (; _at < _text.Length && Current != '\n'; _at++)
        {
            if (Current == quote)
            {
                if (quote == '"' || Following != '\'')
                {
                    _at++;
                    return text.ToString();
                }

                _at++;
            }
            else if (quote == '"' && Current == '\\')
            {
                _at++;
                var escaped = Current switch { '"' => '"', '\\' => '\\', '/' => '/', 'n' => '\n', 't' => '\t', _ => '\0' };
                if (escaped == '\0')
                {
                    return null;
                }

                text.Append(escaped);
                continue;
            }

            text.Append(Current);
        }

        return null;
    }

    private YamlValue ReadBlockScalar(int column)
    {
        var at = Here;
        var isFolded = Current == '>';
        _at++;
        var chomp = ' ';
        if (Current is '-' or '+')
        {
            chomp = Current;
            _at++;
        }

        SkipSpaces();
        if (Current != '\n')
        {
            return Fail();
        }

        NextLine();
        var lines = new List<string>();
        var indent = -1;
        while (_at < _text.Length)
        {
            var end = Rest.IndexOf('\n');
            var line = end < 0 ? Rest : Rest[..end];
            var blank = line.TrimStart(' ').Length == 0;
            if (!blank)
            {
                var own = line.Length - line.TrimStart(' ').Length;
                if (indent < 0)
                {
                    indent = own;
                    if (own <= column || (lines.Count > 0 && isFolded))
                    {
                        return own <= column ? Finish(at, [], chomp, isFolded) : Fail();
                    }
                }

                if (own < indent)
                {
                    if (own > column)
                    {
                        return Fail();
                    }

                    break;
                }

                // Folding keeps the breaks around lines that are indented deeper.
                if (isFolded && own > indent)
                {
                    return Fail();
                }
            }
            else if (indent >= 0 && line.Length > indent)
            {
                return Fail();
            }

            lines.Add(blank ? "" : line[Math.Max(indent, 0)..].ToString());
            if (end < 0)
            {
                _at = _text.Length;
                break;
            }

            NextLine();
        }

        // dbt reads files without the blanks at their ends, so there is no break after the last text of a file.
        return Finish(at, lines, _at < _text.Length ? chomp : '-', isFolded);
    }

    private YamlValue Finish(SourceLocation at, List<string> lines, char chomp, bool isFolded)
    {
        var last = lines.FindLastIndex(line => line.Length > 0);
        if (last < 0)
        {
            return Fail();
        }

        var text = new StringBuilder();
        for (var index = 0; index <= last; index++)
        {
            if (index > 0)
            {
                var afterBlank = lines[index - 1].Length == 0;
                text.Append(!isFolded ? "\n" : lines[index].Length == 0 ? "\n" : afterBlank ? "" : " ");
            }

            text.Append(lines[index]);
        }

        text.Append(chomp switch { '-' => "", '+' => new string('\n', lines.Count - last), _ => "\n" });
        return new YamlValue(at, text.ToString());
    }

    private readonly bool IsItemAhead() => Current == '-' && Following is ' ' or '\n' && _at < _text.Length;

    /// <summary>True when the rest of the line starts with a simple key.</summary>
    private readonly bool IsKeyAhead()
    {
        var rest = Rest;
        var end = rest.IndexOf('\n');
        var line = end < 0 ? rest : rest[..end];
        if (line.Length == 0 || line[0] is '[' or '{' or '&' or '*' or '!' or '|' or '>' or '%' or '@' or '`' or '?' or '#')
        {
            return false;
        }

        if (line[0] is '"' or '\'')
        {
            var close = line[1..].IndexOf(line[0]);
            return close >= 0 && !line[1..(close + 1)].Contains('\\') && close + 2 < line.Length && line[close + 2] == ':'
                && (close + 3 == line.Length || line[close + 3] == ' ');
        }

        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == ':' && (at + 1 == line.Length || line[at + 1] == ' '))
            {
                return true;
            }

            if (line[at] == '#' && at > 0 && line[at - 1] == ' ')
            {
                return false;
            }
        }

        return false;
    }

    private string? ReadKey()
    {
        if (Current is '"' or '\'')
        {
            var quoted = ReadQuoted();
            _at++;
            return quoted;
        }

        var start = _at;
        while (Current != ':' || Following is not (' ' or '\n'))
        {
            _at++;
        }

        var key = _text[start.._at].TrimEnd(' ').ToString();
        _at++;
        return key;
    }

    private void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }
    }

    /// <summary>Goes to the next character that means something.</summary>
    private void SkipBlank()
    {
        while (_at < _text.Length)
        {
            SkipSpaces();
            if (_at < _text.Length && Current is not ('\n' or '#'))
            {
                return;
            }

            NextLine();
        }
    }

    private void NextLine()
    {
        var end = Rest.IndexOf('\n');
        _at = end < 0 ? _text.Length : _at + end + 1;
        _line++;
        _lineStart = _at;
    }

    private YamlValue Fail()
    {
        _failed = true;
        _at = _text.Length;
        return new YamlValue(default, (object?)null);
    }
}
