using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

/// <summary>Splits a template into tokens and applies whitespace control, as Jinja's lexer does.</summary>
internal sealed class Lexer
{
    private readonly Template _template;
    private readonly JinjaOptions _options;
    private readonly string _source;
    private readonly int _length;
    private readonly List<Token> _tokens = [];
    private readonly Stack<char> _open = new();
    private readonly Opening[] _openings;
    private readonly string _firstCharacters;
    private readonly Regex? _lineStatement;
    private readonly Regex? _lineComment;
    private int _at;

    private Lexer(Template template)
    {
        _template = template;
        _options = template.Environment.Options;
        _source = template.Source;
        _length = _source.Length;
        if (!_options.KeepTrailingNewline && _source.EndsWith('\n'))
        {
            _length--;
        }

        // At one place the longest delimiter wins, for syntaxes such as <% %> with <%= %>.
        _openings =
        [
            .. new Opening[]
            {
                new(TokenKind.BlockBegin, _options.BlockStart),
                new(TokenKind.VariableBegin, _options.VariableStart),
                new(TokenKind.Data, _options.CommentStart),
            }.OrderByDescending(static opening => opening.Text.Length),
        ];
        _firstCharacters = string.Concat(_openings.Select(static opening => opening.Text[0]).Distinct());
        _lineStatement = LinePattern(_options.LineStatementPrefix, @"^[ \t\v]*");
        _lineComment = LinePattern(_options.LineCommentPrefix, @"(?:^|(?<=\S))[^\S\r\n]*");
    }

    private readonly record struct Opening(TokenKind Kind, string Text);

    public static List<Token> Tokenize(Template template)
    {
        var lexer = new Lexer(template);
        lexer.Root();
        return lexer._tokens;
    }

    /// <summary>Reads the whole source as the inside of a tag.</summary>
    public static List<Token> TokenizeExpression(Template template)
    {
        var lexer = new Lexer(template);
        while (lexer.SkipSpace() < lexer._length)
        {
            lexer.TagToken();
        }

        lexer._tokens.Add(new Token(TokenKind.VariableEnd, lexer._length, lexer._length));
        return lexer._tokens;
    }

    private static Regex? LinePattern(string? prefix, string before) => prefix is null
        ? null
        : new Regex(before + Regex.Escape(prefix) + @"(-|\+|)", RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));

    private void Root()
    {
        while (_at < _length)
        {
            var (kind, start, end) = FindOpening();
            if (start < 0)
            {
                Data(_length, strip: '+', isVariable: true);
                _at = _length;
                break;
            }

            var sign = end < _length && _source[end] is '-' or '+' ? _source[end] : ' ';
            if (kind == TokenKind.BlockBegin && TryRaw(start, end))
            {
                continue;
            }

            Data(start, sign, kind == TokenKind.VariableBegin);
            _at = sign == ' ' ? end : end + 1;
            switch (kind)
            {
                case TokenKind.Data:
                    Comment();
                    break;
                case TokenKind.Semicolon:
                    LineComment();
                    break;
                case TokenKind.Colon:
                    LineStatement(start);
                    break;
                default:
                    _tokens.Add(new Token(kind, start, _at));
                    Tag(kind);
                    break;
            }
        }

        // As in Jinja, the end of the template is reported on the line of the last token.
        _tokens.Add(new Token(TokenKind.End, _tokens.Count == 0 ? 0 : _tokens[^1].Start, _length));
    }

    private (TokenKind Kind, int Start, int End) FindOpening()
    {
        var best = (Kind: TokenKind.End, Start: -1, End: -1);
        for (var from = _at; from < _length;)
        {
            var offset = _source.AsSpan(from, _length - from).IndexOfAny(_firstCharacters);
            if (offset < 0)
            {
                break;
            }

            var at = from + offset;
            foreach (var opening in _openings)
            {
                if (Matches(at, opening.Text))
                {
                    best = (opening.Kind, at, at + opening.Text.Length);
                    break;
                }
            }

            if (best.Start >= 0)
            {
                break;
            }

            from = at + 1;
        }

        best = Earlier(best, _lineStatement, TokenKind.Colon);
        return Earlier(best, _lineComment, TokenKind.Semicolon);
    }

    private (TokenKind Kind, int Start, int End) Earlier((TokenKind Kind, int Start, int End) best, Regex? pattern, TokenKind kind)
    {
        if (pattern is null)
        {
            return best;
        }

        var match = pattern.Match(_source, _at);
        return match.Success && match.Index < _length && (best.Start < 0 || match.Index <= best.Start)
            ? (kind, match.Index, match.Groups[1].Index)
            : best;
    }

    /// <summary>The text up to a tag, less what the tag's sign or <c>lstrip_blocks</c> removes.</summary>
    private void Data(int end, char strip, bool isVariable)
    {
        var start = _at;
        var stop = end;
        if (strip == '-')
        {
            while (stop > start && PythonText.IsSpace(_source[stop - 1]))
            {
                stop--;
            }
        }
        else if (strip != '+' && _options.LstripBlocks && !isVariable)
        {
            var line = stop;
            while (line > start && _source[line - 1] != '\n')
            {
                line--;
            }

            var atLineStart = line > start || start == 0 || _source[start - 1] == '\n';
            if (atLineStart && IsBlank(line, stop))
            {
                stop = line;
            }
        }

        if (stop > start)
        {
            _tokens.Add(new Token(TokenKind.Data, start, stop, _source[start..stop]));
        }
    }

    private bool IsBlank(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (!PythonText.IsSpace(_source[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryRaw(int start, int end)
    {
        var sign = end < _length && _source[end] is '-' or '+' ? _source[end] : ' ';
        var at = SkipSpace(sign == ' ' ? end : end + 1);
        if (!Matches(at, "raw"))
        {
            return false;
        }

        at = SkipSpace(at + 3);
        var trims = at < _length && _source[at] == '-' && Matches(at + 1, _options.BlockEnd);
        if (!trims && !Matches(at, _options.BlockEnd))
        {
            return false;
        }

        Data(start, sign, isVariable: false);
        at += _options.BlockEnd.Length + (trims ? 1 : 0);
        _at = trims ? SkipSpace(at) : at;
        for (var from = _at; ; from++)
        {
            from = _source.IndexOf(_options.BlockStart, from, _length - from, StringComparison.Ordinal);
            if (from < 0)
            {
                throw Error("Missing end of raw directive", start);
            }

            var close = from + _options.BlockStart.Length;
            var closeSign = close < _length && _source[close] is '-' or '+' ? _source[close] : ' ';
            close = SkipSpace(closeSign == ' ' ? close : close + 1);
            if (!Matches(close, "endraw"))
            {
                continue;
            }

            close = SkipSpace(close + 6);
            if (TryClose(close, _options.BlockEnd, allowPlus: true, _options.TrimBlocks, out var behind))
            {
                Data(from, closeSign, isVariable: false);
                _at = behind;
                return true;
            }
        }
    }

    private void Comment()
    {
        var begin = _at;
        var end = _source.IndexOf(_options.CommentEnd, begin, _length - begin, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("Missing end of comment tag", begin);
        }

        var sign = end > begin ? _source[end - 1] : ' ';
        _at = end + _options.CommentEnd.Length;
        if (sign == '-')
        {
            _at = SkipSpace(_at);
        }
        else if (sign != '+' && _options.TrimBlocks && _at < _length && _source[_at] == '\n')
        {
            _at++;
        }
    }

    private void LineComment()
    {
        var end = _source.IndexOf('\n', _at);
        _at = end < 0 || end > _length ? _length : end;
    }

    private void LineStatement(int start)
    {
        _tokens.Add(new Token(TokenKind.BlockBegin, start, _at));
        while (true)
        {
            if (_open.Count == 0)
            {
                var at = _at;
                while (at < _length && PythonText.IsSpace(_source[at]) && _source[at] != '\n')
                {
                    at++;
                }

                if (at >= _length || _source[at] == '\n')
                {
                    _at = Math.Min(_length, at + 1);
                    _tokens.Add(new Token(TokenKind.BlockEnd, at, _at));
                    return;
                }
            }

            SkipSpace();
            if (_at >= _length)
            {
                return;
            }

            TagToken();
        }
    }

    private void Tag(TokenKind begin)
    {
        var isBlock = begin == TokenKind.BlockBegin;
        var close = isBlock ? _options.BlockEnd : _options.VariableEnd;
        while (SkipSpace() < _length)
        {
            if (_open.Count == 0 && TryClose(_at, close, allowPlus: isBlock, isBlock && _options.TrimBlocks, out var behind))
            {
                _tokens.Add(new Token(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, _at, behind));
                _at = behind;
                return;
            }

            TagToken();
        }
    }

    private bool TryClose(int at, string close, bool allowPlus, bool trimNewline, out int behind)
    {
        behind = at;
        if (at >= _length)
        {
            return false;
        }

        if (_source[at] is '-' or '+' && Matches(at + 1, close) && (allowPlus || _source[at] == '-'))
        {
            behind = at + 1 + close.Length;
            behind = _source[at] == '-' ? SkipSpace(behind) : behind;
            return true;
        }

        if (!Matches(at, close))
        {
            return false;
        }

        behind = at + close.Length;
        behind += trimNewline && behind < _length && _source[behind] == '\n' ? 1 : 0;
        return true;
    }

    private void TagToken()
    {
        var c = _source[_at];
        if (char.IsAsciiDigit(c))
        {
            Number();
        }
        else if (PythonText.IsWord(_source, _at))
        {
            Name();
        }
        else if (c is '\'' or '"')
        {
            String(c);
        }
        else
        {
            Operator(c);
        }
    }

    private void Name()
    {
        var start = _at;
        while (_at < _length && PythonText.IsWord(_source, _at))
        {
            _at += char.IsHighSurrogate(_source[_at]) ? 2 : 1;
        }

        var text = _source[start.._at];
        if (!PythonText.IsIdentifier(text))
        {
            throw Error("Invalid character in identifier", start);
        }

        _tokens.Add(new Token(TokenKind.Name, start, _at, text));
    }

    private void Number()
    {
        var start = _at;
        if (TryFloat(start, out var end))
        {
            _at = end;
            var digits = _source[start..end].Replace("_", string.Empty, StringComparison.Ordinal);
            _tokens.Add(new Token(
                TokenKind.Float, start, end, Number: double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture)));
            return;
        }

        BigInteger value;
        if (_source[start] == '0' && TryRadix(start, out end, out value))
        {
            _at = end;
        }
        else
        {
            end = start + 1;
            var isZero = _source[start] == '0';
            while (end < _length && (IsDigit(end, isZero) || (_source[end] == '_' && IsDigit(end + 1, isZero))))
            {
                end++;
            }

            _at = end;
            var digits = _source[start..end].Replace("_", string.Empty, StringComparison.Ordinal);
            if (digits.Length > 4300)
            {
                throw Error("Exceeds the limit (4300 digits) for integer string conversion", start);
            }

            value = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        }

        _tokens.Add(new Token(TokenKind.Integer, start, end, Number: Value.From(value)));

        bool IsDigit(int at, bool zeroOnly) => at < _length && (zeroOnly ? _source[at] == '0' : char.IsAsciiDigit(_source[at]));
    }

    private bool TryRadix(int start, out int end, out BigInteger value)
    {
        end = start;
        value = BigInteger.Zero;
        var radix = start + 1 < _length ? char.ToLowerInvariant(_source[start + 1]) switch { 'b' => 2, 'o' => 8, 'x' => 16, _ => 0 } : 0;
        if (radix == 0)
        {
            return false;
        }

        var at = start + 2;
        while (at < _length)
        {
            var digit = _source[at] == '_' && at + 1 < _length ? at + 1 : at;
            var number = char.IsAsciiHexDigit(_source[digit]) ? Convert.ToInt32(_source[digit].ToString(), 16) : radix;
            if (number >= radix)
            {
                break;
            }

            value = (value * radix) + number;
            at = digit + 1;
        }

        end = at;
        return at > start + 2;
    }

    private bool TryFloat(int start, out int end)
    {
        end = start;
        if (start > 0 && _source[start - 1] == '.')
        {
            return false;
        }

        var at = Digits(start);
        var fraction = at < _length && _source[at] == '.' ? Digits(at + 1) : at;
        var hasFraction = fraction > at + 1;
        at = hasFraction ? fraction : at;
        var exponent = at;
        if (at < _length && _source[at] is 'e' or 'E')
        {
            var digits = at + 1 < _length && _source[at + 1] is '+' or '-' ? at + 2 : at + 1;
            var behind = Digits(digits);
            exponent = behind > digits ? behind : at;
        }

        end = exponent;
        return hasFraction || exponent > at;
    }

    /// <summary>The end of a run of digits with single underscores between them.</summary>
    private int Digits(int at)
    {
        var begin = at;
        while (at < _length && (char.IsAsciiDigit(_source[at])
            || (_source[at] == '_' && at > begin && at + 1 < _length && char.IsAsciiDigit(_source[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private void String(char quote)
    {
        var start = _at;
        var end = start + 1;
        while (end < _length && _source[end] != quote)
        {
            end += _source[end] == '\\' ? 2 : 1;
        }

        if (end >= _length)
        {
            throw Error($"unexpected char {PythonString.Repr(quote.ToString())} at {start}", start);
        }

        _at = end + 1;
        _tokens.Add(new Token(TokenKind.String, start, _at, Unescape(_source.AsSpan(start + 1, end - start - 1), start)));
    }

    private string Unescape(ReadOnlySpan<char> text, int start)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            switch (text[i])
            {
                case '\n':
                    break;
                case '\\' or '\'' or '"':
                    result.Append(text[i]);
                    break;
                case 'n':
                    result.Append('\n');
                    break;
                case 't':
                    result.Append('\t');
                    break;
                case 'r':
                    result.Append('\r');
                    break;
                case 'a':
                    result.Append('\a');
                    break;
                case 'b':
                    result.Append('\b');
                    break;
                case 'f':
                    result.Append('\f');
                    break;
                case 'v':
                    result.Append('\v');
                    break;
                case 'x':
                    i += Hex(result, text[(i + 1)..], 2, start);
                    break;
                case 'u':
                    i += Hex(result, text[(i + 1)..], 4, start);
                    break;
                case 'U':
                    i += Hex(result, text[(i + 1)..], 8, start);
                    break;
                case >= '0' and <= '7':
                    var digits = 1;
                    while (digits < 3 && i + digits < text.Length && text[i + digits] is >= '0' and <= '7')
                    {
                        digits++;
                    }

                    result.Append((char)Convert.ToInt32(text.Slice(i, digits).ToString(), 8));
                    i += digits - 1;
                    break;
                default:
                    result.Append('\\').Append(text[i]);
                    break;
            }
        }

        return result.ToString();
    }

    private int Hex(StringBuilder result, ReadOnlySpan<char> text, int digits, int start)
    {
        if (text.Length < digits
            || !uint.TryParse(text[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > 0x10FFFF)
        {
            throw Error(digits switch
            {
                2 => "truncated \\xXX escape",
                4 => "truncated \\uXXXX escape",
                _ => "truncated \\UXXXXXXXX escape",
            }, start);
        }

        result.Append(code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
        return digits;
    }

    private void Operator(char c)
    {
        var start = _at;
        var next = start + 1 < _length ? _source[start + 1] : '\0';
        var (kind, length) = (c, next) switch
        {
            ('/', '/') => (TokenKind.FloorDiv, 2),
            ('*', '*') => (TokenKind.Pow, 2),
            ('=', '=') => (TokenKind.Eq, 2),
            ('!', '=') => (TokenKind.Ne, 2),
            ('>', '=') => (TokenKind.GtEq, 2),
            ('<', '=') => (TokenKind.LtEq, 2),
            ('+', _) => (TokenKind.Add, 1),
            ('-', _) => (TokenKind.Sub, 1),
            ('/', _) => (TokenKind.Div, 1),
            ('*', _) => (TokenKind.Mul, 1),
            ('%', _) => (TokenKind.Mod, 1),
            ('~', _) => (TokenKind.Tilde, 1),
            ('[', _) => (TokenKind.LBracket, 1),
            (']', _) => (TokenKind.RBracket, 1),
            ('(', _) => (TokenKind.LParen, 1),
            (')', _) => (TokenKind.RParen, 1),
            ('{', _) => (TokenKind.LBrace, 1),
            ('}', _) => (TokenKind.RBrace, 1),
            ('>', _) => (TokenKind.Gt, 1),
            ('<', _) => (TokenKind.Lt, 1),
            ('=', _) => (TokenKind.Assign, 1),
            ('.', _) => (TokenKind.Dot, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('|', _) => (TokenKind.Pipe, 1),
            (',', _) => (TokenKind.Comma, 1),
            (';', _) => (TokenKind.Semicolon, 1),
            _ => throw Error($"unexpected char {PythonString.Repr(c.ToString())} at {start}", start),
        };
        Balance(kind, c, start);
        _at += length;
        _tokens.Add(new Token(kind, start, _at));
    }

    private void Balance(TokenKind kind, char c, int start)
    {
        switch (kind)
        {
            case TokenKind.LBrace:
                _open.Push('}');
                break;
            case TokenKind.LParen:
                _open.Push(')');
                break;
            case TokenKind.LBracket:
                _open.Push(']');
                break;
            case TokenKind.RBrace or TokenKind.RParen or TokenKind.RBracket:
                if (!_open.TryPop(out var expected))
                {
                    throw Error($"unexpected '{c}'", start);
                }

                if (expected != c)
                {
                    throw Error($"unexpected '{c}', expected '{expected}'", start);
                }

                break;
        }
    }

    private bool Matches(int at, string text) => at + text.Length <= _length && string.CompareOrdinal(_source, at, text, 0, text.Length) == 0;

    private int SkipSpace() => _at = SkipSpace(_at);

    private int SkipSpace(int at)
    {
        while (at < _length && PythonText.IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private JinjaException Error(string message, int position) =>
        new JinjaException(JinjaErrorKind.SyntaxError, message).At(_template, position);
}
