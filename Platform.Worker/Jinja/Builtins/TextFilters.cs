using System.Buffers;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>Filters over text. As in Jinja, anything that is not text is printed first.</summary>
internal static class TextFilters
{
    private static readonly SearchValues<char> s_notInAttributeNames = SearchValues.Create(" \t\n\r\f\v/>=");

    public static Value Capitalize(RenderState state, Value input, Arguments arguments) =>
        Map(input, arguments, "capitalize", StringMethods.Capitalize);

    public static Value Lower(RenderState state, Value input, Arguments arguments) =>
        Map(input, arguments, "lower", static text => text.ToLowerInvariant());

    public static Value Upper(RenderState state, Value input, Arguments arguments) => Map(input, arguments, "upper", StringMethods.Upper);

    public static Value String(RenderState state, Value input, Arguments arguments) =>
        input.IsString ? input : Map(input, arguments, "string", static text => text);

    public static Value Safe(RenderState state, Value input, Arguments arguments) => Value.Markup(input.ToString());

    public static Value Escape(RenderState state, Value input, Arguments arguments) => Value.Markup(Html.Escape(input));

    public static Value ForceEscape(RenderState state, Value input, Arguments arguments) => Value.Markup(Html.Escape(input.ToString()));

    public static Value StripTags(RenderState state, Value input, Arguments arguments) => Html.StripTags(input.ToString());

    /// <summary>Unlike <c>str.title()</c>, only blanks, hyphens and opening brackets begin a word.</summary>
    public static Value Title(RenderState state, Value input, Arguments arguments) => Map(input, arguments, "title", static text =>
    {
        var result = new StringBuilder(text.Length);
        var starts = true;
        foreach (var c in text)
        {
            result.Append(starts ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            starts = PythonText.IsSpace(c) || c is '-' or '(' or '{' or '[' or '<';
        }

        return result.ToString();
    });

    public static Value Trim(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("trim");
        var characters = reader.OptionalString("chars");
        reader.Finish();
        return Keep(input, StringMethods.Strip(input.ToString(), characters, left: true, right: true));
    }

    public static Value Center(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("center");
        var width = reader.OptionalInteger("width", 80);
        reader.Finish();
        return Keep(input, StringMethods.Center(state, input.ToString(), width));
    }

    public static Value Replace(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("replace");
        var old = reader.Required("old").ToString();
        var replacement = reader.Required("new").ToString();
        var count = reader.Optional("count", Value.None);
        reader.Finish();
        return StringMethods.Replace(state, input.ToString(), old, replacement, count.TryGetInt64(out var limit) ? limit : -1);
    }

    public static Value Format(RenderState state, Value input, Arguments arguments)
    {
        if (arguments.Count > 0 && arguments.Named.Length > 0)
        {
            throw new JinjaException(
                JinjaErrorKind.FilterArgumentError, "can't handle positional and keyword arguments at the same time");
        }

        Value values = arguments.Named.Length > 0
            ? DictValue.From(arguments.Named.Select(static argument => KeyValuePair.Create(argument.Name, argument.Value)))
            : new TupleValue(arguments.Positional);
        return PercentFormat.Format(state, input.IsString ? input : input.ToString(), values);
    }

    public static Value Indent(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("indent");
        var width = reader.Optional("width", 4);
        var first = reader.OptionalBoolean("first", false);
        var blank = reader.OptionalBoolean("blank", false);
        reader.Finish();
        if (!width.TryGetString(out var indention))
        {
            var blanks = width.TryGetInt64(out var count)
                ? Math.Max(0, count)
                : throw new JinjaException(JinjaErrorKind.TypeError, $"indent() width must be int or str, not {width.TypeName}");
            state.CheckSize(blanks);
            indention = new string(' ', (int)blanks);
        }

        var text = input.TryGetString(out var given)
            ? given
            : Operators.Binary(state, BinaryOperator.Add, input, "\n").ToString();
        var lines = StringMethods.SplitLines(text + "\n");
        state.CheckSize(text.Length + 1, lines.Count == 0 ? 1 : (indention.Length / 16) + 1);
        var result = new StringBuilder(text.Length + (lines.Count * indention.Length));
        for (var i = 0; i < lines.Count; i++)
        {
            var indents = i == 0 ? first : blank || lines[i].Length > 0;
            result.Append(i == 0 ? string.Empty : "\n").Append(indents ? indention : string.Empty).Append(lines[i]);
            state.CheckSize(result.Length);
        }

        return Keep(input, result.ToString());
    }

    public static Value Truncate(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("truncate");
        var length = reader.OptionalInteger("length", 255);
        var killWords = reader.OptionalBoolean("killwords", false);
        var end = reader.OptionalString("end", "...") ?? "...";
        var leeway = reader.Optional("leeway", Value.None);
        reader.Finish();
        var tolerance = leeway.TryGetInt64(out var given) ? given : 5;
        if (length < end.Length || tolerance < 0)
        {
            throw new JinjaException(
                JinjaErrorKind.ValueError,
                length < end.Length ? $"expected length >= {end.Length}, got {length}" : $"expected leeway >= 0, got {tolerance}");
        }

        if (!input.IsString && !input.IsUndefined)
        {
            return input.Object?.Length is not { } count
                ? throw new JinjaException(JinjaErrorKind.TypeError, $"object of type '{input.TypeName}' has no len()")
                : count <= length + tolerance
                    ? input
                    : throw new JinjaException(JinjaErrorKind.AttributeError, $"'{input.TypeName}' object has no attribute 'rsplit'");
        }

        var text = input.ToString();
        if (PythonString.Length(text) <= length + tolerance)
        {
            return input;
        }

        var kept = PythonString.Take(text, (int)(length - end.Length));
        var space = kept.LastIndexOf(' ');
        return Keep(input, (killWords || space < 0 ? kept : kept[..space]) + end);
    }

    public static Value WordCount(RenderState state, Value input, Arguments arguments)
    {
        var text = input.ToString();
        var count = 0L;
        var inWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            var isWord = char.IsLowSurrogate(text[i]) ? inWord : PythonText.IsWord(text, i);
            count += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }

        return count;
    }

    public static Value WordWrap(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("wordwrap");
        var width = reader.OptionalInteger("width", 79);
        var breakLongWords = reader.OptionalBoolean("break_long_words", true);
        var separator = reader.OptionalString("wrapstring") ?? "\n";
        var breakOnHyphens = reader.OptionalBoolean("break_on_hyphens", true);
        reader.Finish();
        if (!input.IsString)
        {
            throw input.As<UndefinedValue>()?.Error() ?? new JinjaException(JinjaErrorKind.AttributeError, $"'{input.TypeName}' object has no attribute 'splitlines'");
        }

        if (width <= 0)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, $"invalid width {width} (must be > 0)");
        }

        var lines = StringMethods.SplitLines(input.ToString())
            .Select(line => string.Join(separator, TextWrap.Wrap(line, (int)Math.Min(width, int.MaxValue), breakLongWords, breakOnHyphens)));
        return Keep(input, string.Join(separator, lines));
    }

    public static Value XmlAttributes(RenderState state, Value input, Arguments arguments)
    {
        var reader = arguments.Read("xmlattr");
        var autospace = reader.OptionalBoolean("autospace", true);
        reader.Finish();
        var dict = input.As<DictValue>() ?? throw new JinjaException(JinjaErrorKind.TypeError, "xmlattr needs a dict");
        var result = new StringBuilder();
        foreach (var (key, value) in dict.Items)
        {
            if (value.IsNone || value.IsUndefined)
            {
                continue;
            }

            var name = key.ToString();
            if (name.AsSpan().ContainsAny(s_notInAttributeNames))
            {
                throw new JinjaException(JinjaErrorKind.ValueError, $"Invalid character in attribute name: {key.Repr()}");
            }

            result.Append(result.Length > 0 || autospace ? " " : string.Empty)
                .Append(Html.Escape(name)).Append("=\"").Append(Html.Escape(value)).Append('"');
        }

        return result.ToString();
    }

    public static Value PrettyPrint(RenderState state, Value input, Arguments arguments) => PrettyPrinter.Print(state, input);

    /// <summary>Text made of markup by a filter is markup.</summary>
    private static Value Keep(Value input, string result) => input.IsMarkup ? Value.Markup(result) : result;

    private static Value Map(Value input, Arguments arguments, string name, Func<string, string> map)
    {
        var reader = arguments.Read(name);
        reader.Finish();
        return Keep(input, map(input.ToString()));
    }
}
