using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Tests.Jinja;

/// <summary>One case of the specification: a template (and those it loads), its variables, and what Jinja2 makes of it.</summary>
internal sealed partial record SpecCase(string Name, string Data, string Body, string Expected)
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Jinja", "Spec");

    public static IEnumerable<SpecCase> Read(string area)
    {
        var expected = Split(Path.Combine(Folder, area + ".out")).ToDictionary(part => part.Head, part => part.Body);
        foreach (var (head, body) in Split(Path.Combine(Folder, area + ".jinja")))
        {
            var brace = head.IndexOf(" {", StringComparison.Ordinal);
            var name = brace < 0 ? head : head[..brace];
            yield return new SpecCase(name, brace < 0 ? "{}" : head[(brace + 1)..], body, expected[name]);
        }
    }

    /// <summary>The output, or the error in the form of the expected files.</summary>
    public string Run()
    {
        using var data = JsonDocument.Parse(Data);
        var variables = data.RootElement.EnumerateObject()
            .Where(property => property.Name != "$options")
            .ToDictionary(property => property.Name, property => ToValue(property.Value));
        var parts = File().Split(Body);
        var templates = new Dictionary<string, string> { ["main"] = parts.Length > 1 ? WithoutLastNewline(parts[0]) : parts[0] };
        for (var i = 1; i < parts.Length; i += 2)
        {
            templates[parts[i]] = i == parts.Length - 2 ? parts[i + 1] : WithoutLastNewline(parts[i + 1]);
        }

        var environment = new JinjaEnvironment(Options(data.RootElement) with { Loader = new Loader(templates) });
        try
        {
            return environment.GetTemplate("main").Render(variables, TestContext.Current.CancellationToken);
        }
        catch (JinjaException error)
        {
            return $"!! {error.Kind} {error.Line}: {error.Message}";
        }
    }

    private static JinjaOptions Options(JsonElement data)
    {
        var options = new JinjaOptions
        {
            Globals = new Dictionary<string, Value>
            {
                ["set"] = new HostFunction("set", (_, arguments) => arguments.Count == 0 ? new SetValue() : new SetValue(arguments[0].Iterate())),
                ["zip"] = new HostFunction("zip", (_, arguments) => new ListValue(
                    arguments[0].Iterate().Zip(arguments[1].Iterate(), (left, right) => (Value)new TupleValue(left, right)))),
            },
        };
        if (!data.TryGetProperty("$options", out var given))
        {
            return options;
        }

        foreach (var option in given.EnumerateObject())
        {
            options = option.Name switch
            {
                "trim_blocks" => options with { TrimBlocks = option.Value.GetBoolean() },
                "lstrip_blocks" => options with { LstripBlocks = option.Value.GetBoolean() },
                "keep_trailing_newline" => options with { KeepTrailingNewline = option.Value.GetBoolean() },
                "undefined" => options with { Undefined = Enum.Parse<UndefinedBehavior>(option.Value.GetString()!, ignoreCase: true) },
                "block_start_string" => options with { BlockStart = option.Value.GetString()! },
                "block_end_string" => options with { BlockEnd = option.Value.GetString()! },
                "variable_start_string" => options with { VariableStart = option.Value.GetString()! },
                "variable_end_string" => options with { VariableEnd = option.Value.GetString()! },
                "comment_start_string" => options with { CommentStart = option.Value.GetString()! },
                "comment_end_string" => options with { CommentEnd = option.Value.GetString()! },
                "line_statement_prefix" => options with { LineStatementPrefix = option.Value.GetString() },
                "line_comment_prefix" => options with { LineCommentPrefix = option.Value.GetString() },
                var unknown => throw new InvalidDataException($"unknown option '{unknown}'"),
            };
        }

        return options;
    }

    private static Value ToValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var integer) && !json.GetRawText().Contains('.') ? (Value)integer : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => new ListValue(json.EnumerateArray().Select(ToValue)),
        JsonValueKind.Object when json.TryGetProperty("$decimal", out var text) => decimal.Parse(text.GetString()!),
        JsonValueKind.Object when json.TryGetProperty("$tuple", out var items) => new TupleValue([.. items.EnumerateArray().Select(ToValue)]),
        JsonValueKind.Object when json.TryGetProperty("$set", out var items) => new SetValue(items.EnumerateArray().Select(ToValue)),
        JsonValueKind.Object => DictValue.From(json.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, ToValue(p.Value)))),
        _ => Value.None,
    };

    private static IEnumerable<(string Head, string Body)> Split(string path)
    {
        var parts = Case().Split(System.IO.File.ReadAllText(path));
        for (var i = 1; i < parts.Length; i += 2)
        {
            yield return (parts[i], WithoutLastNewline(parts[i + 1]));
        }
    }

    private static string WithoutLastNewline(string text) => text.EndsWith('\n') ? text[..^1] : text;

    [GeneratedRegex("^=== (.*)\n", RegexOptions.Multiline)]
    private static partial Regex Case();

    [GeneratedRegex("^--- (\\S+)\n", RegexOptions.Multiline)]
    private static partial Regex File();

    private sealed class Loader(Dictionary<string, string> templates) : ITemplateLoader
    {
        public string? Load(string name) => templates.GetValueOrDefault(name);
    }
}
