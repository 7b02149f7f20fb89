using System.Text.Json.Nodes;
using Platform.Worker.Tests.Transform.Project;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph.Selection;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.State;

namespace Platform.Worker.Tests.Transform.State;

/// <summary>A project whose manifest can be kept in its folder "state" as that of an earlier run.</summary>
internal sealed class StateTestProject : IMacroOutput, IDisposable
{
    private readonly TestProject _files = TestProject.Of(
        ("models/stg.sql", "select id, {{ cents('amount') }} as amount from {{ source('raw', 'rows') }}"),
        ("models/mart.sql", "{{ config(materialized='table', tags=['old']) }} select * from {{ ref('stg') }}"),
        ("models/leaf.sql", "select * from {{ ref('mart') }}"),
        ("models/schema.yml", """
            sources: [{name: raw, tables: [{name: rows}]}]
            models:
              - name: mart
                description: before
                config: {contract: {enforced: true}}
                columns:
                  - {name: id, data_type: int}
                  - {name: amount, data_type: "numeric(10,2)", data_tests: [not_null]}
              - {name: leaf, description: before, config: {persist_docs: {relation: true}}}
            """),
        ("models/unit.yml", """
            unit_tests:
              - name: adds_up
                model: mart
                given: [{input: ref('stg'), rows: [{id: 1, amount: 2}]}]
                expect: {rows: [{id: 1}]}
            """),
        ("macros/cents.sql", "{% macro cents(column) %}{{ scaled(column) }}{% endmacro %}"),
        ("macros/scaled.sql", "{% macro scaled(column) %}{{ column }} / 100{% endmacro %}"),
        ("macros/unused.sql", "{% macro unused() %}1{% endmacro %}"),
        ("seeds/codes.csv", "id\n1\n"));

    public List<string> Warnings { get; } = [];

    public string Directory => _files.Directory;

    public void Write(string path, string text) => _files.Write(path, text);

    public void Delete(string path) => _files.Delete(path);

    public void Replace(string path, string before, string after)
    {
        var text = File.ReadAllText(Path.Combine(Directory, path));
        Assert.Contains(before, text, StringComparison.Ordinal);
        Write(path, text.Replace(before, after, StringComparison.Ordinal));
    }

    public ParsedProject Parse()
    {
        var parsed = ProjectErrorTests.Parse(Directory);
        return parsed with { Invocation = parsed.Invocation with { Output = this } };
    }

    /// <summary>Writes the project's manifest as that of the earlier run.</summary>
    public void Record(Action<JsonNode>? change = null)
    {
        var project = Parse();
        using var buffer = new MemoryStream();
        ManifestWriter.Write(buffer, project, project.Invocation, DateTimeOffset.UnixEpoch);
        var manifest = JsonNode.Parse(buffer.ToArray())!;
        change?.Invoke(manifest);
        Write("state/manifest.json", manifest.ToJsonString());
    }

    public PreviousState Read(string folder = "state") => PreviousState.Read(folder, Directory, "target");

    /// <summary>Names of what is selected, in order.</summary>
    public string Select(string criterion)
    {
        var project = Parse();
        var request = new SelectionRequest { Select = [criterion], IndirectSelection = IndirectSelection.Empty };
        return string.Join(' ', NodeSelector.Select(project, request, Read()).Select(id => project.Graph[id].Name).Order(StringComparer.Ordinal));
    }

    public void Log(string subject, string message, bool info) => Assert.Fail(message);

    public void Print(string message) => Assert.Fail(message);

    public void Warn(string name, SourceLocation at, string message)
    {
        if (name != "NoNodesForSelectionCriteria")
        {
            Warnings.Add($"{name}: {message}");
        }
    }

    public void Dispose() => _files.Dispose();
}
