using System.Globalization;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>The methods of Python's <c>str</c>.</summary>
internal static class StringMethods
{
    public static readonly MethodTable<Value> Table = new("str", new Dictionary<string, Method<Value>>(StringComparer.Ordinal)
    {
        ["capitalize"] = Map("capitalize", Capitalize),
        ["casefold"] = Map("casefold", static text => text.ToLowerInvariant().Replace("ß", "ss", StringComparison.Ordinal)),
        ["center"] = static (state, self, arguments) => Justify(state, self, arguments, "center"),
        ["count"] = static (_, self, arguments) => Count(self.AsString(), arguments),
        ["encode"] = static (_, self, _) => self,
        ["endswith"] = static (_, self, arguments) => Affix(self.AsString(), arguments, atStart: false),
        ["expandtabs"] = static (state, self, arguments) => ExpandTabs(state, self.AsString(), arguments),
        ["find"] = static (_, self, arguments) => Find(self.AsString(), arguments, "find"),
        ["format"] = static (state, self, arguments) => StringFormat.Format(state, self.AsString(), arguments),
        ["format_map"] = static (state, self, arguments) => StringFormat.FormatMap(state, self.AsString(), arguments),
        ["index"] = static (_, self, arguments) => Found(Find(self.AsString(), arguments, "index")),
        ["isalnum"] = Is(static rune => Rune.IsLetterOrDigit(rune) || IsNumeric(rune)),
        ["isalpha"] = Is(Rune.IsLetter),
        ["isascii"] = static (_, self, _) => Ascii.IsValid(self.AsString()),
        ["isdecimal"] = Is(static rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber),
        ["isdigit"] = Is(static rune => Rune.IsDigit(rune) || IsSuperscript(rune)),
        ["isidentifier"] = static (_, self, _) => PythonText.IsIdentifier(self.AsString()),
        ["islower"] = static (_, self, _) => HasCase(self.AsString(), upper: false),
        ["isnumeric"] = Is(IsNumeric),
        ["isprintable"] = static (_, self, _) => self.AsString().EnumerateRunes().All(PythonString.IsPrintable),
        ["isspace"] = static (_, self, _) => self.AsString() is { Length: > 0 } text && text.All(PythonText.IsSpace),
        ["istitle"] = static (_, self, _) => IsTitle(self.AsString()),
        ["isupper"] = static (_, self, _) => HasCase(self.AsString(), upper: true),
        ["join"] = Join,
        ["ljust"] = static (state, self, arguments) => Justify(state, self, arguments, "ljust"),
        ["lower"] = Map("lower", static text => text.ToLowerInvariant()),
        ["maketrans"] = static (_, _, arguments) => MakeTranslation(arguments),
        ["lstrip"] = static (_, self, arguments) => Keep(self, Strip(self.AsString(), Characters(arguments, "lstrip"), left: true, right: false)),
        ["partition"] = static (_, self, arguments) => Partition(self.AsString(), arguments, fromEnd: false),
        ["removeprefix"] = static (_, self, arguments) => Remove(self.AsString(), arguments, atStart: true),
        ["removesuffix"] = static (_, self, arguments) => Remove(self.AsString(), arguments, atStart: false),
        ["replace"] = ReplaceMethod,
        ["rfind"] = static (_, self, arguments) => Find(self.AsString(), arguments, "rfind"),
        ["rindex"] = static (_, self, arguments) => Found(Find(self.AsString(), arguments, "rindex")),
        ["rjust"] = static (state, self, arguments) => Justify(state, self, arguments, "rjust"),
        ["rpartition"] = static (_, self, arguments) => Partition(self.AsString(), arguments, fromEnd: true),
        ["rsplit"] = static (_, self, arguments) => Split(self.AsString(), arguments, "rsplit"),
        ["rstrip"] = static (_, self, arguments) => Keep(self, Strip(self.AsString(), Characters(arguments, "rstrip"), left: false, right: true)),
        ["split"] = static (_, self, arguments) => Split(self.AsString(), arguments, "split"),
        ["splitlines"] = static (_, self, arguments) => SplitLinesMethod(self.AsString(), arguments),
        ["startswith"] = static (_, self, arguments) => Affix(self.AsString(), arguments, atStart: true),
        ["strip"] = static (_, self, arguments) => Keep(self, Strip(self.AsString(), Characters(arguments, "strip"), left: true, right: true)),
        ["swapcase"] = Map("swapcase", static text => string.Concat(text.Select(static c =>
            char.IsUpper(c) ? char.ToLowerInvariant(c).ToString() : Upper(c.ToString())))),
        ["title"] = Map("title", Title),
        ["translate"] = Translate,
        ["upper"] = Map("upper", Upper),
        ["zfill"] = ZeroFill,
    });

    public static string Capitalize(string text) =>
        text.Length == 0 ? text : Upper(text[..1]) + text[1..].ToLowerInvariant();

    public static string Upper(string text) => text.ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal);

    /// <summary><c>str.title()</c>: a letter is upper case unless it follows a letter.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var c in text)
        {
            result.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }

        return result.ToString();
    }

    public static string Strip(string text, string? characters, bool left, bool right)
    {
        var (start, end) = (0, text.Length);
        while (left && start < end && Strips(text[start]))
        {
            start++;
        }

        while (right && end > start && Strips(text[end - 1]))
        {
            end--;
        }

        return text[start..end];

        bool Strips(char c) => characters is null ? PythonText.IsSpace(c) : characters.Contains(c, StringComparison.Ordinal);
    }

    /// <summary><c>str.splitlines()</c>: at all the line ends that Python knows.</summary>
    public static List<string> SplitLines(string text, bool keepEnds = false)
    {
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\u001c' or '\u001d' or '\u001e' or '\u0085' or '\u2028' or '\u2029'))
            {
                continue;
            }

            var end = text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1;
            lines.Add(text[start..(keepEnds ? end : i)]);
            start = end;
            i = end - 1;
        }

        if (start < text.Length)
        {
            lines.Add(text[start..]);
        }

        return lines;
    }

    /// <summary><c>str.replace()</c>; a negative count replaces all.</summary>
    public static string Replace(RenderState state, string text, string old, string replacement, long count)
    {
        if (old.Length > 0 && count < 0)
        {
            if (replacement.Length > old.Length)
            {
                state.CheckSize((long)text.Length + (text.Length / (long)old.Length * (replacement.Length - old.Length)));
            }

            return text.Replace(old, replacement, StringComparison.Ordinal);
        }

        state.CheckSize(text.Length + 1, replacement.Length + 1);
        var result = new StringBuilder();
        var at = 0;
        while (count != 0)
        {
            var next = old.Length == 0 ? at : text.IndexOf(old, at, StringComparison.Ordinal);
            if (next < 0 || (old.Length == 0 && at > text.Length))
            {
                break;
            }

            result.Append(text, at, next - at).Append(replacement);
            at = next + old.Length;
            if (old.Length == 0)
            {
                if (at >= text.Length)
                {
                    return result.ToString();
                }

                result.Append(text[at++]);
                if (char.IsLowSurrogate(text, Math.Min(at, text.Length - 1)) && at < text.Length)
                {
                    result.Append(text[at++]);
                }
            }

            count--;
        }

        return result.Append(text, Math.Min(at, text.Length), Math.Max(0, text.Length - at)).ToString();
    }

    public static string Center(RenderState state, string text, long width, char fill = ' ')
    {
        state.CheckSize(width);
        var missing = (int)Math.Max(0, width - PythonString.Length(text));
        var left = (missing / 2) + (missing & (int)width & 1);
        return missing == 0 ? text : new string(fill, left) + text + new string(fill, missing - left);
    }

    private static Method<Value> Map(string name, Func<string, string> map) => (_, self, arguments) =>
    {
        var reader = arguments.Read(name);
        reader.Finish();
        return Keep(self, map(self.AsString()));
    };

    private static Method<Value> Is(Func<Rune, bool> test) =>
        (_, self, _) => self.AsString() is { Length: > 0 } text && text.EnumerateRunes().All(test);

    private static bool All(this StringRuneEnumerator runes, Func<Rune, bool> test)
    {
        foreach (var rune in runes)
        {
            if (!test(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The result of a method on markup is markup.</summary>
    private static Value Keep(Value self, string result) => self.IsMarkup ? Value.Markup(result) : result;

    private static bool IsNumeric(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsSuperscript(Rune rune) => rune.Value is 0xB2 or 0xB3 or 0xB9 or 0x2070 or (>= 0x2074 and <= 0x2079)
        or (>= 0x2080 and <= 0x2089);

    private static bool HasCase(string text, bool upper) =>
        text.Any(upper ? char.IsUpper : char.IsLower) && !text.Any(upper ? char.IsLower : char.IsUpper);

    private static bool IsTitle(string text)
    {
        var (inWord, any) = (false, false);
        foreach (var c in text)
        {
            if (char.IsUpper(c) ? inWord : char.IsLower(c) && !inWord)
            {
                return false;
            }

            inWord = char.IsUpper(c) || char.IsLower(c);
            any |= inWord;
        }

        return any;
    }

    private static string? Characters(Arguments arguments, string method)
    {
        var reader = arguments.Read(method);
        var characters = reader.OptionalString("chars");
        reader.Finish();
        return characters;
    }

    private static Value Justify(RenderState state, Value self, Arguments arguments, string method)
    {
        var reader = arguments.Read(method);
        var width = reader.RequiredInteger("width");
        var fill = reader.OptionalString("fillchar", " ");
        reader.Finish();
        if (fill is not { Length: 1 })
        {
            throw new JinjaException(JinjaErrorKind.TypeError, "The fill character must be exactly one character long");
        }

        state.CheckSize(width);
        var text = self.AsString();
        var missing = (int)Math.Max(0, width - PythonString.Length(text));
        return Keep(self, method switch
        {
            "ljust" => text + new string(fill[0], missing),
            "rjust" => new string(fill[0], missing) + text,
            _ => Center(state, text, width, fill[0]),
        });
    }

    private static Value ZeroFill(RenderState state, Value self, Arguments arguments)
    {
        var reader = arguments.Read("zfill");
        var width = reader.RequiredInteger("width");
        reader.Finish();
        state.CheckSize(width);
        var text = self.AsString();
        var missing = (int)Math.Max(0, width - PythonString.Length(text));
        var sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text[..sign] + new string('0', missing) + text[sign..];
    }

    /// <summary>The part of the text that optional start and end arguments select, and where it begins.</summary>
    private static (int Start, string? Part) Window(string text, ref ArgumentReader reader)
    {
        var start = reader.Optional("start");
        var end = reader.Optional("end");
        reader.Finish();
        if (start.IsMissing && end.IsMissing)
        {
            return (0, text);
        }

        var bounds = SliceBounds.Resolve(start, end, default, text.Length);
        var beyond = start.TryGetInt64(out var given) && given > text.Length;
        return (bounds.Start, beyond ? null : text.Substring(Math.Min(bounds.Start, text.Length), bounds.Count));
    }

    private static long Find(string text, Arguments arguments, string method)
    {
        var reader = arguments.Read(method);
        var part = reader.RequiredString("sub");
        var (start, window) = Window(text, ref reader);
        var index = window is null ? -1
            : method[0] == 'r' ? window.LastIndexOf(part, StringComparison.Ordinal)
            : window.IndexOf(part, StringComparison.Ordinal);
        return index < 0 ? -1 : PythonString.Length(text[..(start + index)]);
    }

    private static long Found(long index) =>
        index < 0 ? throw new JinjaException(JinjaErrorKind.ValueError, "substring not found") : index;

    private static long Count(string text, Arguments arguments)
    {
        var reader = arguments.Read("count");
        var part = reader.RequiredString("sub");
        var (_, window) = Window(text, ref reader);
        if (window is null)
        {
            return 0;
        }

        if (part.Length == 0)
        {
            return PythonString.Length(window) + 1;
        }

        var count = 0L;
        for (var at = window.IndexOf(part, StringComparison.Ordinal); at >= 0; at = window.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static Value Affix(string text, Arguments arguments, bool atStart)
    {
        var method = atStart ? "startswith" : "endswith";
        var reader = arguments.Read(method);
        var affix = reader.Required("prefix");
        var (_, window) = Window(text, ref reader);
        IEnumerable<Value> candidates = affix.As<TupleValue>() is { } tuple ? tuple.Items : [affix];
        foreach (var candidate in candidates)
        {
            if (!candidate.TryGetString(out var part))
            {
                throw new JinjaException(
                    JinjaErrorKind.TypeError, $"{method} first arg must be str or a tuple of str, not {candidate.TypeName}");
            }

            if (window is not null && (atStart ? window.StartsWith(part, StringComparison.Ordinal) : window.EndsWith(part, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static Value Join(RenderState state, Value self, Arguments arguments)
    {
        var reader = arguments.Read("join");
        var items = reader.Required("iterable");
        reader.Finish();
        if (!items.IsIterable)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, "can only join an iterable");
        }

        var parts = new List<string>();
        var size = 0L;
        foreach (var item in items.Iterate())
        {
            state.Step();
            parts.Add(item.TryGetString(out var part)
                ? part
                : throw new JinjaException(
                    JinjaErrorKind.TypeError, $"sequence item {parts.Count}: expected str instance, {item.TypeName} found"));
            size += part.Length + self.AsString().Length;
            state.CheckSize(size);
        }

        return Keep(self, string.Join(self.AsString(), parts));
    }

    private static Value ReplaceMethod(RenderState state, Value self, Arguments arguments)
    {
        var reader = arguments.Read("replace");
        var old = reader.RequiredString("old");
        var replacement = reader.RequiredString("new");
        var count = reader.OptionalInteger("count", -1);
        reader.Finish();
        return Keep(self, Replace(state, self.AsString(), old, replacement, count));
    }

    private static Value Remove(string text, Arguments arguments, bool atStart)
    {
        var reader = arguments.Read(atStart ? "removeprefix" : "removesuffix");
        var part = reader.RequiredString("prefix");
        reader.Finish();
        return part.Length > 0 && (atStart ? text.StartsWith(part, StringComparison.Ordinal) : text.EndsWith(part, StringComparison.Ordinal))
            ? atStart ? text[part.Length..] : text[..^part.Length]
            : text;
    }

    private static Value Partition(string text, Arguments arguments, bool fromEnd)
    {
        var reader = arguments.Read(fromEnd ? "rpartition" : "partition");
        var separator = reader.RequiredString("sep");
        reader.Finish();
        if (separator.Length == 0)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "empty separator");
        }

        var at = fromEnd ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0
            ? fromEnd ? new TupleValue("", "", text) : new TupleValue(text, "", "")
            : new TupleValue(text[..at], separator, text[(at + separator.Length)..]);
    }

    private static ListValue Split(string text, Arguments arguments, string method)
    {
        var reader = arguments.Read(method);
        var separator = reader.OptionalString("sep");
        var limit = reader.OptionalInteger("maxsplit", -1);
        reader.Finish();
        if (separator is { Length: 0 })
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "empty separator");
        }

        var fromEnd = method == "rsplit";
        var parts = separator is null ? SplitWords(text, limit, fromEnd) : SplitAt(text, separator, limit, fromEnd);
        if (fromEnd)
        {
            parts.Reverse();
        }

        return new ListValue(parts);
    }

    private static List<Value> SplitAt(string text, string separator, long limit, bool fromEnd)
    {
        var parts = new List<Value>();
        var (start, end) = (0, text.Length);
        while (limit-- != 0)
        {
            var at = fromEnd
                ? text[..end].LastIndexOf(separator, StringComparison.Ordinal)
                : text.IndexOf(separator, start, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            parts.Add(fromEnd ? text[(at + separator.Length)..end] : text[start..at]);
            (start, end) = fromEnd ? (start, at) : (at + separator.Length, end);
        }

        parts.Add(text[start..end]);
        return parts;
    }

    private static List<Value> SplitWords(string text, long limit, bool fromEnd)
    {
        var parts = new List<Value>();
        var (start, end) = (0, text.Length);
        while (true)
        {
            while (start < end && PythonText.IsSpace(fromEnd ? text[end - 1] : text[start]))
            {
                (start, end) = fromEnd ? (start, end - 1) : (start + 1, end);
            }

            if (start >= end)
            {
                return parts;
            }

            if (limit-- == 0)
            {
                parts.Add(text[start..end]);
                return parts;
            }

            var at = fromEnd ? end : start;
            while (fromEnd ? at > start && !PythonText.IsSpace(text[at - 1]) : at < end && !PythonText.IsSpace(text[at]))
            {
                at += fromEnd ? -1 : 1;
            }

            parts.Add(fromEnd ? text[at..end] : text[start..at]);
            (start, end) = fromEnd ? (start, at) : (at, end);
        }
    }

    private static ListValue SplitLinesMethod(string text, Arguments arguments)
    {
        var reader = arguments.Read("splitlines");
        var keepEnds = reader.OptionalBoolean("keepends", false);
        reader.Finish();
        return new ListValue(SplitLines(text, keepEnds).Select(static line => Value.From(line)));
    }

    private static Value ExpandTabs(RenderState state, string text, Arguments arguments)
    {
        var reader = arguments.Read("expandtabs");
        var size = reader.OptionalInteger("tabsize", 8);
        reader.Finish();
        state.CheckSize(text.Length + 1, Math.Max(1, size));
        var result = new StringBuilder(text.Length);
        var column = 0;
        foreach (var c in text)
        {
            if (c == '\t')
            {
                var blanks = size <= 0 ? 0 : (int)(size - (column % size));
                result.Append(' ', blanks);
                column += blanks;
                continue;
            }

            result.Append(c);
            column = c is '\n' or '\r' ? 0 : column + 1;
        }

        return result.ToString();
    }

    /// <summary><c>str.maketrans()</c>: code points of the first text to those of the second, those of a third to none; or a dict of characters.</summary>
    private static DictValue MakeTranslation(Arguments arguments)
    {
        var reader = arguments.Read("maketrans");
        var from = reader.Required("x");
        var to = reader.OptionalString("y");
        var removed = reader.OptionalString("z");
        reader.Finish();
        var table = new DictValue();
        if (to is null)
        {
            foreach (var (key, value) in from.As<DictValue>()?.Items
                ?? throw new JinjaException(JinjaErrorKind.TypeError, "if you give only one argument to maketrans it must be a dict"))
            {
                table[key.TryGetString(out var character) ? CodePoint(character) : key] = value;
            }

            return table;
        }

        var (keys, values) = ((List<Rune>)[.. from.ToString().EnumerateRunes()], (List<Rune>)[.. to.EnumerateRunes()]);
        if (keys.Count != values.Count)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, "the first two maketrans arguments must have equal length");
        }

        for (var i = 0; i < keys.Count; i++)
        {
            table[keys[i].Value] = values[i].Value;
        }

        foreach (var rune in (removed ?? string.Empty).EnumerateRunes())
        {
            table[rune.Value] = Value.None;
        }

        return table;

        static Value CodePoint(string character) => PythonString.Length(character) == 1
            ? char.ConvertToUtf32(character, 0)
            : throw new JinjaException(JinjaErrorKind.ValueError, "string keys in translate table must be of length 1");
    }

    private static Value Translate(RenderState state, Value self, Arguments arguments)
    {
        var reader = arguments.Read("translate");
        var table = reader.Required("table").As<DictValue>()
            ?? throw new JinjaException(JinjaErrorKind.TypeError, "translate() needs a dict of code points");
        reader.Finish();
        var result = new StringBuilder();
        foreach (var rune in self.AsString().EnumerateRunes())
        {
            state.Step();
            if (!table.TryGetValue(rune.Value, out var mapped))
            {
                result.Append(rune.ToString());
            }
            else if (!mapped.IsNone)
            {
                result.Append(mapped.TryGetInt64(out var code) ? char.ConvertFromUtf32((int)code) : mapped.ToString());
            }
        }

        return result.ToString();
    }
}
