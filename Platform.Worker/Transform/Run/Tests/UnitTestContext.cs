using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run.Tests;

/// <summary>
/// Renders the model of a unit test on given rows: <c>ref</c>, <c>source</c> and <c>this</c> are common table expressions, and what the test
/// overrides has the value that it says (https://docs.getdbt.com/reference/resource-properties/unit-test-overrides).
/// </summary>
internal sealed class UnitTestContext : RunContext
{
    private readonly BuildState _build;
    private readonly UnitTestDefinition _test;
    private readonly List<(string Name, UnitTestRows Rows)> _inputs = [];

    public UnitTestContext(BuildState build, UnitTestDefinition test, Node model, NodeRun run, PostgresSession session)
        : base(build, model, run, session)
    {
        (_build, _test) = (build, test);
        foreach (var (name, value) in test.MacroOverrides)
        {
            Override(name, Value.FromClr(value));
        }
    }

    /// <summary>The inputs that the model read, with the names of their expressions.</summary>
    public IReadOnlyList<(string Name, UnitTestRows Rows)> Inputs => _inputs;

    public override Value Ref(RenderState state, string? package, string name, string? version)
    {
        var target = _build.Project.FindRef(package, name, version, Package);
        return target is not null && _test.Given.FirstOrDefault(given => given.InputNode == target.UniqueId) is { } rows
            ? Input(target.Alias, rows)
            : throw NoInput($"ref('{name}')");
    }

    public override Value Source(RenderState state, string sourceName, string tableName)
    {
        var target = _build.Project.FindSource(sourceName, tableName, Package);
        return target is not null && _test.Given.FirstOrDefault(given => given.InputNode == target.UniqueId) is { } rows
            ? Input($"{sourceName}__{tableName}", rows)
            : throw NoInput($"source('{sourceName}', '{tableName}')");
    }

    public override Value Var(RenderState state, string name, Value fallback) =>
        _test.VarOverrides.TryGetValue(name, out var value) ? Rendered(state, Value.FromClr(value)) : base.Var(state, name, fallback);

    public override Value EnvironmentVariable(string name, Value fallback) =>
        _test.EnvVarOverrides.TryGetValue(name, out var value) ? Value.FromClr(value) : base.EnvironmentVariable(name, fallback);

    protected override Value Member(string name) => name == "this"
        ? _test.Given.FirstOrDefault(given => given.IsThis) is { } rows ? Input(Node.Alias, rows) : Value.None
        : base.Member(name);

    private Value Input(string name, UnitTestRows rows)
    {
        var expression = EphemeralCtes.Prefix + name;
        if (!_inputs.Any(input => input.Name == expression))
        {
            _inputs.Add((expression, rows));
        }

        return RelationValue.Of(new Relation(null, null, expression, RelationType.Cte));
    }

    private JinjaException NoInput(string call) => new(
        JinjaErrorKind.UndefinedError,
        $"unit test '{Run.Node.Name}' gives no rows for {call}, which model '{Node.Name}' reads. Add it under 'given'; 'rows: []' stands for no rows.");

    /// <summary>A macro of any package (<c>package.name</c>) or another name of the context answers with a fixed value.</summary>
    private void Override(string written, Value value)
    {
        var dot = written.IndexOf('.', StringComparison.Ordinal);
        var (package, name) = dot < 0 ? (null, written) : (written[..dot], written[(dot + 1)..]);
        var macro = package is null ? Invocation.Macros.Find(Package, name) : Invocation.Macros.InPackage(package, name);
        var answer = macro is null ? value : new HostFunction(name, (_, _) => value);
        if (package is null or Project.Package.GlobalName)
        {
            Define(name, answer);
        }

        if (macro is not null && (package ?? Project.Package.GlobalName) is var owner && Invocation.Macros.InPackage(owner, name) is not null)
        {
            if (!_packages.TryGetValue(owner, out var overridden))
            {
                _packages[owner] = overridden = new OverriddenPackage(owner);
                Define(owner, overridden);
            }

            overridden.Answers[name] = answer;
        }
    }

    private readonly Dictionary<string, OverriddenPackage> _packages = [];

    /// <summary>A package some of whose macros answer with fixed values.</summary>
    private sealed class OverriddenPackage(string name) : JinjaObject
    {
        private readonly PackageValue _package = new(name);

        public Dictionary<string, Value> Answers { get; } = [];

        public override string TypeName => _package.TypeName;

        public override bool TryGetAttribute(RenderState state, string name, out Value value) =>
            Answers.TryGetValue(name, out value) || _package.TryGetAttribute(state, name, out value);

        public override bool TryGetItem(RenderState state, Value key, out Value value) => TryGetAttribute(state, key.ToString(), out value);
    }
}
