using System.CommandLine;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>A flag of dbt that can be switched on, and often off (<c>--no-...</c>), and that an environment variable or the project can set.</summary>
internal sealed class DbtFlag
{
    private readonly Option<bool> _on;
    private readonly Option<bool>? _off;

    /// <param name="name">Without the dashes: "fail-fast".</param>
    /// <param name="description">What it does.</param>
    /// <param name="alias">A short form.</param>
    /// <param name="negatable">There is a <c>--no-</c> form.</param>
    public DbtFlag(string name, string description, string? alias = null, bool negatable = true)
    {
        Name = name;
        _on = new Option<bool>($"--{name}", alias is null ? [] : [alias]) { Description = description, Recursive = true };
        _off = negatable ? new Option<bool>($"--no-{name}") { Hidden = true, Recursive = true } : null;
    }

    public string Name { get; }

    public void AddTo(Command command)
    {
        command.Add(_on);
        if (_off is not null)
        {
            command.Add(_off);
        }
    }

    /// <summary>What the command line says; null when it says nothing.</summary>
    public bool? Given(ParseResult arguments) =>
        _off is not null && arguments.GetResult(_off) is { Implicit: false } ? false
        : arguments.GetResult(_on) is { Implicit: false } ? arguments.GetValue(_on)
        : null;
}
