using System.Text;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>A compiled pattern: Python's syntax on .NET's engine, which differs in named groups and in <c>\Z</c>.</summary>
internal sealed class PatternValue : JinjaObject
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _pattern;
    private readonly Regex _regex;

    public PatternValue(string pattern, RegexOptions options)
    {
        _pattern = pattern;
        try
        {
            _regex = new Regex(Translate(pattern), options | RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException fault)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, $"'{pattern}' is no regular expression: {fault.Message}", fault);
        }
    }

    public override string TypeName => "re.Pattern";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "pattern" => _pattern,
            "groups" => _regex.GetGroupNumbers().Length - 1,
            "match" or "search" or "fullmatch" or "findall" or "finditer" or "sub" or "subn" or "split" =>
                new HostFunction(name, (inner, arguments) => Invoke(inner, name, arguments)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public Value Invoke(RenderState state, string method, Arguments arguments)
    {
        try
        {
            return method switch
            {
                "sub" => Substitute(state, arguments).Text,
                "subn" => Substitute(state, arguments) is var (text, count) ? new TupleValue([text, count]) : default(Value),
                "split" => Split(Text(arguments, 0), arguments.TryGetNamed("maxsplit", out var most) ? most : arguments.Count > 1 ? arguments[1] : 0),
                "findall" => new ListValue(Matches(Text(arguments, 0)).Select(Found)),
                "finditer" => new ListValue(Matches(Text(arguments, 0)).Select(match => Value.From(new MatchValue(match, _regex, Text(arguments, 0))))),
                "fullmatch" => First(Text(arguments, 0), match => match.Index == 0 && match.Length == Text(arguments, 0).Length),
                "match" => First(Text(arguments, 0), match => match.Index == 0),
                _ => First(Text(arguments, 0), _ => true),
            };
        }
        catch (RegexMatchTimeoutException fault)
        {
            throw new JinjaException(JinjaErrorKind.RuntimeError, $"'{_pattern}' takes more than {Patience.TotalSeconds} s; it may never end", fault);
        }
    }

    public override string ToString() => $"re.compile({Value.From(_pattern).Repr()})";

    private static string Text(Arguments arguments, int index) =>
        (index < arguments.Count ? arguments[index] : arguments.TryGetNamed("string", out var named) ? named : default).TryGetString(out var text)
            ? text
            : throw new JinjaException(JinjaErrorKind.TypeError, "expected string or bytes-like object");

    private IEnumerable<Match> Matches(string text) => _regex.Matches(text);

    private Value First(string text, Func<Match, bool> fits) => _regex.Match(text) is { Success: true } match && fits(match)
        ? new MatchValue(match, _regex, text)
        : Value.None;

    /// <summary>What findall gives: the whole, the only group, or a tuple of the groups.</summary>
    private static Value Found(Match match) => match.Groups.Count switch
    {
        1 => match.Value,
        2 => match.Groups[1].Value,
        _ => new TupleValue([.. match.Groups.Cast<Group>().Skip(1).Select(group => Value.From(group.Value))]),
    };

    private (string Text, int Count) Substitute(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("sub");
        var replacement = reader.Required("repl");
        var text = reader.RequiredString("string");
        var most = (int)reader.OptionalInteger("count", 0);
        var count = 0;
        var result = _regex.Replace(text, Replace, most > 0 ? most : -1);
        return (result, count);

        string Replace(Match match)
        {
            count++;
            return replacement.TryGetString(out var template)
                ? Expand(template, match)
                : state.Call(replacement, new MatchValue(match, _regex, text)).ToString();
        }
    }

    private ListValue Split(string text, Value maxsplit)
    {
        var most = maxsplit.TryGetInt64(out var given) && given > 0 ? given : long.MaxValue;
        var parts = new ListValue();
        var start = 0;
        foreach (var match in Matches(text).Take((int)Math.Min(most, int.MaxValue)))
        {
            parts.Items.Add(text[start..match.Index]);
            parts.Items.AddRange(match.Groups.Cast<Group>().Skip(1).Select(group => group.Success ? Value.From(group.Value) : Value.None));
            start = match.Index + match.Length;
        }

        parts.Items.Add(text[start..]);
        return parts;
    }

    /// <summary>A replacement with <c>\1</c>, <c>\g&lt;name&gt;</c>, <c>\n</c>.</summary>
    public static string Expand(string template, Match match)
    {
        var text = new StringBuilder();
        for (var index = 0; index < template.Length; index++)
        {
            if (template[index] != '\\' || index + 1 == template.Length)
            {
                text.Append(template[index]);
                continue;
            }

            var code = template[++index];
            if (code == 'g' && template.IndexOf('>', index) is > 0 and var end && index + 1 < template.Length && template[index + 1] == '<')
            {
                text.Append(match.Groups[template[(index + 2)..end]].Value);
                index = end;
            }
            else if (char.IsAsciiDigit(code))
            {
                var two = index + 1 < template.Length && char.IsAsciiDigit(template[index + 1]);
                text.Append(match.Groups[two ? template.Substring(index, 2) : code.ToString()].Value);
                index += two ? 1 : 0;
            }
            else
            {
                text.Append(code switch { 'n' => "\n", 't' => "\t", 'r' => "\r", '\\' => "\\", _ => $@"\{code}" });
            }
        }

        return text.ToString();
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length);
        for (var index = 0; index < pattern.Length; index++)
        {
            var rest = pattern.AsSpan(index);
            if (rest.StartsWith("(?P<"))
            {
                text.Append("(?<");
                index += 3;
            }
            else if (rest.StartsWith("(?P=") && rest.IndexOf(')') is > 0 and var end)
            {
                text.Append(@"\k<").Append(rest[4..end]).Append('>');
                index += end;
            }
            else if (rest.StartsWith(@"\Z"))
            {
                text.Append(@"\z");
                index++;
            }
            else if (pattern[index] == '\\' && index + 1 < pattern.Length)
            {
                text.Append(pattern, index, 2);
                index++;
            }
            else
            {
                text.Append(pattern[index]);
            }
        }

        return text.ToString();
    }
}
