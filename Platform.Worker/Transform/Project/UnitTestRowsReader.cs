using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Reads the rows of a unit test's inputs and expectation: given in place, from a fixture file, or of a seed.</summary>
internal sealed class UnitTestRowsReader(
    ParseScope scope, PropertyEntry entry, string test, RefIndex references, IReadOnlyDictionary<(string Source, string Table), Node> sources)
{
    public UnitTestRows? Input(YamlValue given)
    {
        if (given.RequiredText("input", $"an input of unit test '{test}'", scope.Errors) is not { } input)
        {
            return null;
        }

        if (input.Trim() == UnitTestRows.This)
        {
            return Read(given, UnitTestRows.This, null);
        }

        var node = ReferenceText.Read(input) switch
        {
            { Ref: { } call } => references.Find(call.Package, call.Name, call.Version, entry.PackageName),
            { Source: { } source } => sources.GetValueOrDefault(source),
            _ => null,
        };
        if (node is null && !given.Has("rows") && !given.Has("fixture"))
        {
            // Its rows were to be those of a seed.
            scope.Errors.Add(given["input"]!.At, $"unit test '{test}' has the input '{input}', which is nothing of the project. Write ref('name'), source('source', 'table') or this.");
            return null;
        }

        return Read(given, input, node);
    }

    public UnitTestRows Read(YamlValue yaml, string? input, Node? node)
    {
        var format = yaml.Text("format") ?? "dict";
        var rows = new UnitTestRows { Format = format, Input = input, InputNode = node?.UniqueId, Fixture = yaml.Text("fixture") };
        if (format is "dict" && rows.Fixture is null)
        {
            return yaml.Has("rows") || node?.ResourceType is not ResourceType.Seed ? rows with { Rows = Dicts(yaml) } : rows with { Rows = SeedRows(node) };
        }

        if (format is not ("csv" or "sql"))
        {
            scope.Errors.Add(yaml.At, $"the format of unit test '{test}' is '{format}'. It is dict, csv or sql; fixtures are csv or sql.");
            return rows;
        }

        var text = rows.Fixture is { } fixture ? Fixture(fixture, format, yaml.At) : yaml.Text("rows");
        if (text is null)
        {
            scope.Errors.Add(yaml.At, $"unit test '{test}' has the format {format} and no text of that format. Give it 'rows: |' or 'fixture: name'.");
            return rows;
        }

        return format is "csv" ? rows with { Rows = FixtureRows.Parse(text) } : rows with { Sql = text };
    }

    private List<IReadOnlyDictionary<string, object?>> Dicts(YamlValue yaml)
    {
        if (yaml["rows"] is { Items: null } wrong)
        {
            scope.Errors.Add(wrong.At, $"the rows of unit test '{test}' have the format dict, which is a list of mappings. For text, set 'format: csv' or 'format: sql'.");
        }

        var rows = new List<IReadOnlyDictionary<string, object?>>();
        foreach (var item in yaml["rows"]?.Items ?? [])
        {
            if (item.Plain() is Dictionary<string, object?> row)
            {
                rows.Add(row);
            }
            else
            {
                scope.Errors.Add(item.At, $"a row of unit test '{test}' is a mapping of columns to values.");
            }
        }

        return rows;
    }

    /// <summary>A seed as input without rows gives its own.</summary>
    private static IReadOnlyList<IReadOnlyDictionary<string, object?>> SeedRows(Node seed) =>
        seed.FullPath is { } path && File.Exists(path) ? FixtureRows.Parse(File.ReadAllText(path)) : [];

    private string? Fixture(string name, string format, SourceLocation at)
    {
        var files = scope.Package(entry.PackageName).Fixtures.Where(file => file.Name == name).ToList();
        var file = files.FirstOrDefault();
        if (file is null)
        {
            scope.Errors.Add(at, $"unit test '{test}' takes its rows from the fixture '{name}', and there is no tests/fixtures/{name}.{format}. Add it, or correct the name.");
            return "";
        }

        if (files.Count > 1)
        {
            scope.Errors.Add(at, $"unit test '{test}' takes its rows from the fixture '{name}', and there are {string.Join(" and ", files.Select(same => same.Path))}. Rename one.");
        }

        return file.Text;
    }
}
