using System.Text.RegularExpressions;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary>Python's match object.</summary>
internal sealed class MatchValue(Match match, Regex regex, string text) : JinjaObject
{
    public override string TypeName => "re.Match";

    public override bool IsTrue => true;

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "string" => text,
            "group" => new HostFunction(name, (_, arguments) => arguments.Count switch
            {
                0 => match.Value,
                1 => Text(Group(arguments[0])),
                _ => new TupleValue([.. arguments.Positional.Select(key => Text(Group(key)))]),
            }),
            "groups" => new HostFunction(name, (_, arguments) => new TupleValue(
                [.. match.Groups.Cast<Group>().Skip(1).Select(group => group.Success ? group.Value : arguments.Count > 0 ? arguments[0] : Value.None)])),
            "groupdict" => new HostFunction(name, (_, arguments) => DictValue.From(regex.GetGroupNames().Where(group => !char.IsAsciiDigit(group[0]))
                .Select(group => KeyValuePair.Create(group, match.Groups[group].Success ? match.Groups[group].Value : arguments.Count > 0 ? arguments[0] : Value.None)))),
            "start" => new HostFunction(name, (_, arguments) => Index(arguments).Start),
            "end" => new HostFunction(name, (_, arguments) => Index(arguments).End),
            "span" => new HostFunction(name, (_, arguments) => new TupleValue([Index(arguments).Start, Index(arguments).End])),
            "lastindex" => match.Groups.Count > 1 ? match.Groups.Count - 1 : Value.None,
            "expand" => new HostFunction(name, (_, arguments) => PatternValue.Expand(arguments[0].ToString(), match)),
            _ => default,
        };
        return !value.IsMissing;
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value)
    {
        value = Text(Group(key));
        return true;
    }

    public override string ToString() => $"<re.Match object; span=({match.Index}, {match.Index + match.Length}), match={Value.From(match.Value).Repr()}>";

    private static Value Text(Group group) => group.Success ? group.Value : Value.None;

    private Group Group(Value key) => regex.GetGroupNames().Contains(key.ToString())
        ? match.Groups[key.ToString()]
        : throw new JinjaException(JinjaErrorKind.IndexError, $"no such group: {key}");

    private (int Start, int End) Index(Arguments arguments)
    {
        var group = arguments.Count > 0 ? Group(arguments[0]) : match;
        return group.Success ? (group.Index, group.Index + group.Length) : (-1, -1);
    }
}
