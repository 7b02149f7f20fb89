using System.CommandLine;
using Platform.Worker.Transform;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>Which nodes (https://docs.getdbt.com/reference/node-selection/syntax).</summary>
internal sealed class SelectionOptions
{
    private static readonly string[] Modes = ["eager", "cautious", "buildable", "empty"];

    private readonly Option<string[]> _select;
    private readonly Option<string[]>? _models;
    private readonly Option<string[]> _exclude = Many("--exclude", "Nodes to leave out.", "selector");
    private readonly Option<string?> _selector = new("--selector") { Description = "A selector of selectors.yml.", HelpName = "name" };
    private readonly Option<string?> _indirect = new("--indirect-selection")
    {
        Description = $"Which tests come with the nodes they test: {string.Join(", ", Modes)}. Default eager.", HelpName = "mode",
    };

    private readonly Option<string[]> _types = Many("--resource-type", "Only resources of these kinds.", "kind", "--resource-types");
    private readonly Option<string[]> _excludedTypes = Many("--exclude-resource-type", "No resources of these kinds.", "kind", "--exclude-resource-types");

    /// <param name="modelsApart">--models selects among models only (the verb ls); elsewhere it is another name of --select.</param>
    public SelectionOptions(bool modelsApart = false)
    {
        _indirect.AcceptOnlyFromAmong(Modes);
        const string description = "Nodes to work on: name, +name, name+, tag:x, path:models/marts, state:modified, ...";
        if (modelsApart)
        {
            _select = Many("--select", description, "selector", "-s");
            _models = Many("--models", "Models to list.", "selector", "-m", "--model");
        }
        else
        {
            _select = Many("--select", description, "selector", "-s", "-m", "--models", "--model");
        }
    }

    public void AddTo(Command command)
    {
        command.Add(_select);
        if (_models is not null)
        {
            command.Add(_models);
        }

        foreach (var option in new Option[] { _exclude, _selector, _indirect, _types, _excludedTypes })
        {
            command.Add(option);
        }
    }

    public BuildRequest Apply(BuildRequest request, FlagSource source) => request with
    {
        Select = source.Texts(_select),
        Models = _models is null ? [] : source.Texts(_models),
        Exclude = source.Texts(_exclude),
        Selector = source.Arguments.GetValue(_selector),
        IndirectSelection = source.Text(_indirect) ?? "eager",
        ResourceTypes = source.Texts(_types, "resource-types"),
        ExcludeResourceTypes = source.Texts(_excludedTypes, "exclude-resource-types"),
    };

    internal static Option<string[]> Many(string name, string description, string help, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help, AllowMultipleArgumentsPerToken = true };
}
