using System.CommandLine;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary>The options that choose quarantined rows, the same for every verb that takes them.</summary>
internal sealed class QuarantineSelection
{
    private const string AnyState = "all";

    private readonly Argument<long[]> _ids = new("id") { Description = "Rows by their ids.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _domain = new("--domain") { Description = "Rows of this domain." };
    private readonly Option<string?> _dataset = new("--dataset") { Description = "Rows of this dataset." };
    private readonly Option<DateOnly?> _from = DataDateOption.Create("--from", "Rows of this data date and later ones.");
    private readonly Option<DateOnly?> _to = DataDateOption.Create("--to", "Rows of this data date and earlier ones.");
    private readonly Option<string?> _rule = new("--rule") { Description = "Rows that broke this rule first, e.g. type or reference." };
    private readonly Option<string[]> _states;
    private readonly Option<bool>? _all;

    /// <param name="command">Gets the options.</param>
    /// <param name="defaultStates">The states that are meant when none is given and no ids are; null where the verb decides.</param>
    /// <param name="changes">Whether the verb changes the rows: then it wants to be told which.</param>
    public QuarantineSelection(Command command, string? defaultStates, bool changes)
    {
        _states = new Option<string[]>("--state")
        {
            Description = $"Rows in this state: {string.Join(", ", QuarantineStates.ByWord.Keys)} or {AnyState}.{(defaultStates is null ? "" : $" Default {defaultStates}.")}",
            HelpName = "state",
        };
        _states.AcceptOnlyFromAmong([.. QuarantineStates.ByWord.Keys, AnyState]);
        command.Add(_ids);
        foreach (var option in new Option[] { _domain, _dataset, _from, _to, _rule, _states })
        {
            command.Add(option);
        }

        if (changes)
        {
            _all = new Option<bool>("--all") { Description = "Every row, where neither ids nor one of the options above are given." };
            command.Add(_all);
            command.Validators.Add(result =>
            {
                Option[] chosen = [_domain, _dataset, _from, _to, _rule, _all];
                if (result.GetResult(_ids) is not { Tokens.Count: > 0 } && !chosen.Any(option => result.GetResult(option) is { Implicit: false }))
                {
                    result.AddError("Say which rows: give ids, --domain, --dataset, --from, --to, --rule, or --all.");
                }
            });
        }

        DefaultStates = defaultStates is null ? [] : [QuarantineStates.ByWord[defaultStates]];
    }

    private IReadOnlyList<QuarantineState> DefaultStates { get; }

    public QuarantineFilter Read(ParseResult arguments)
    {
        var ids = arguments.GetValue(_ids) ?? [];
        var states = arguments.GetValue(_states) ?? [];
        return new QuarantineFilter
        {
            Ids = ids,
            Domain = arguments.GetValue(_domain),
            Dataset = arguments.GetValue(_dataset),
            From = arguments.GetValue(_from),
            To = arguments.GetValue(_to),
            Rule = arguments.GetValue(_rule),
            States = states.Contains(AnyState) ? []
                : states.Length > 0 ? [.. states.Select(state => QuarantineStates.ByWord[state])]
                : ids.Length > 0 ? [] : DefaultStates,
        };
    }
}
