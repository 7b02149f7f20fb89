using System.Collections;
using System.Globalization;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile.Python;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// What names mean while one node is rendered: macros first (a project may override <c>ref</c>), then dbt's functions and objects
/// (https://docs.getdbt.com/reference/dbt-jinja-functions). Derived contexts say what <c>ref</c>, <c>config</c> and <c>adapter</c> do
/// while parsing and while running.
/// </summary>
internal abstract class NodeContext(Invocation invocation, string package) : IGlobalResolver
{
    /// <summary>The version of dbt whose behaviour this is.</summary>
    public const string DbtVersion = "1.11.0";

    private const string SecretPrefix = "DBT_ENV_SECRET";

    private readonly Dictionary<string, Value> _locals = new(StringComparer.Ordinal);

    public Invocation Invocation { get; } = invocation;

    /// <summary>The package whose macros unqualified names find first.</summary>
    public string Package { get; } = package;

    /// <summary>False while parsing: nothing is asked of the warehouse.</summary>
    public abstract bool Execute { get; }

    /// <summary>The node's name and file, for messages.</summary>
    public abstract string Subject { get; }

    public void Define(string name, Value value) => _locals[name] = value;

    public void Forget(string name) => _locals.Remove(name);

    public RenderState CreateState(CancellationToken cancellationToken) => Invocation.Environment.CreateState(
        new RenderOptions { Resolver = this, Host = this, Undefined = Execute ? UndefinedBehavior.Default : UndefinedBehavior.Lenient },
        cancellationToken);

    public bool TryResolve(RenderState state, string name, out Value value)
    {
        if (_locals.TryGetValue(name, out value))
        {
            return true;
        }

        if (Invocation.Macros.Find(Package, name) is { } macro)
        {
            value = state.Bind(macro);
            return true;
        }

        value = Member(name);
        if (!value.IsMissing)
        {
            _locals[name] = value;
            return true;
        }

        if (ContextFunctions.All.TryGetValue(name, out value))
        {
            return true;
        }

        if (Invocation.Macros.HasPackage(name))
        {
            value = _locals[name] = new PackageValue(name);
            return true;
        }

        // A package's macro that calls another of its package without naming it: tests do, and dbt lets them.
        if (state.CurrentTemplate?.Tag is Package owner && Invocation.Macros.InPackage(owner.Name, name) is { } sibling)
        {
            value = state.Bind(sibling);
            return true;
        }

        return false;
    }

    /// <summary>Objects that depend on the node; missing for a name that means nothing special.</summary>
    protected virtual Value Member(string name) => name switch
    {
        "execute" => Execute,
        "target" => Invocation.Target.ToValue(),
        "env" => Invocation.Target.ToValue(),
        "schema" => Invocation.Target.Schema,
        "database" => Invocation.Target.Database,
        "project_name" => Invocation.RootName,
        "invocation_id" => Invocation.Id.ToString(),
        "run_started_at" => new DateTimeValue(Invocation.StartedAt),
        "dbt_version" => DbtVersion,
        "thread_id" => NodeResult.NameOfThread(0),
        "flags" => Invocation.Flags.ToValue(),
        "invocation_args_dict" => Value.FromClr(Invocation.Flags.ToArguments()),
        "dbt_metadata_envs" => MetadataVariables(),
        "selected_resources" => new ListValue(),
        "adapter" => new AdapterValue(),
        "context" => new ContextValue(),
        "builtins" => Value.From(DictValue.From(ContextFunctions.All.Select(function => KeyValuePair.Create(function.Key, function.Value)))),
        _ => default,
    };

    public abstract Value Ref(RenderState state, string? package, string name, string? version);

    public abstract Value Source(RenderState state, string sourceName, string tableName);

    /// <summary><c>config(...)</c>, <c>config.get(...)</c> and the rest.</summary>
    public abstract Value Config(string method, Arguments arguments);

    /// <summary>A method of <c>adapter</c>; missing when there is none of that name.</summary>
    public abstract Value Adapter(RenderState state, string method, Arguments arguments);

    /// <summary><c>write(text)</c>: what is left below target/run. Nothing while parsing.</summary>
    public virtual void Write(string text)
    {
    }

    public abstract Value StoreResult(string name, Value response, Value table);

    public abstract Value LoadResult(string name);

    /// <summary>The value of a variable; text is itself a template. The default is not.</summary>
    /// <exception cref="JinjaException">The variable is not set and has no default.</exception>
    public virtual Value Var(RenderState state, string name, Value fallback)
    {
        if (Invocation.Vars.TryGet(Package, name, out var value))
        {
            return Rendered(state, Value.FromClr(value));
        }

        if (!fallback.IsMissing)
        {
            return fallback;
        }

        var known = string.Join(", ", Invocation.Vars.Names(Package));
        throw new JinjaException(
            JinjaErrorKind.UndefinedError,
            $"{Subject} needs the variable '{name}', which is not set. Set it under 'vars' in {ProjectFile.FileName}, give it with the build, "
            + $"or give var() a default. Set are: {(known.Length > 0 ? known : "none")}.");
    }

    /// <exception cref="JinjaException">The variable is not set and has no default, or it is a secret.</exception>
    public virtual Value EnvironmentVariable(string name, Value fallback)
    {
        if (name.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            throw new JinjaException(
                JinjaErrorKind.RuntimeError, $"Secret env vars are allowed only in profiles.yml or packages.yml. {Subject} reads '{name}': use another name for what is no secret.");
        }

        return Invocation.Vars.EnvironmentVariable(name) is { } value ? value
            : !fallback.IsMissing ? fallback
            : throw new JinjaException(
                JinjaErrorKind.UndefinedError, $"{Subject} needs the environment variable '{name}', which is not set. Set it, or give env_var() a default.");
    }

    public Value Doc(string name, string? package = null)
    {
        foreach (var key in package is null ? (string[])[$"{Package}.{name}", $"{Invocation.RootName}.{name}"] : [$"{package}.{name}"])
        {
            if (Invocation.Docs.TryGetValue(key, out var text))
            {
                return text;
            }
        }

        return Invocation.Docs.FirstOrDefault(doc => doc.Key.EndsWith("." + name, StringComparison.Ordinal)).Value
            ?? throw new JinjaException(JinjaErrorKind.KeyError, $"there is no docs block '{name}'. Write {{% docs {name} %}} in an .md file.");
    }

    /// <summary>The macro that <c>adapter.dispatch(name, namespace)</c> stands for.</summary>
    public Value Dispatch(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("adapter.dispatch");
        var name = reader.RequiredString("macro_name");
        var macroNamespace = reader.OptionalString("macro_namespace");
        if (name.Contains('.', StringComparison.Ordinal))
        {
            throw new JinjaException(
                JinjaErrorKind.ValueError, $"adapter.dispatch('{name}') names a package: write adapter.dispatch('{name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]}', '{name.Split('.')[0]}').");
        }

        var packages = Invocation.DispatchOrder(macroNamespace);
        return Invocation.Macros.Dispatch(Package, name, packages) is { } macro
            ? state.Bind(macro)
            : throw new JinjaException(
                JinjaErrorKind.UndefinedError,
                $"no macro implements '{name}': looked for postgres__{name} and default__{name}"
                + (packages is null ? "." : $" in {string.Join(", ", packages)}."));
    }

    protected static Value Rendered(RenderState state, Value value) =>
        value.IsString && value.AsString().Contains('{', StringComparison.Ordinal) ? state.Render(state.Environment.Parse(value.AsString(), "vars")) : value;

    /// <summary>Environment variables for metadata, without their prefix.</summary>
    private static Value MetadataVariables() => DictValue.From(CustomVariables.Read().Select(variable => KeyValuePair.Create(variable.Name, Value.From(variable.Value))));
}
