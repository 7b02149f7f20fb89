using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Renders configuration files: target, env_var and var mean something, macros do not exist yet. A variable is looked up in the command
/// line's and in vars.yml's; the project's own only where that would otherwise be an error.
/// </summary>
internal sealed class ProjectContext(Invocation invocation, IReadOnlyDictionary<string, object?> projectVars, bool isFromFile, bool isLenient)
    : ParseContext(invocation, "", ProjectFile.FileName)
{
    public static ProjectContext Of(IReadOnlyDictionary<string, object?> given, TargetInfo target) => new(
        new Invocation
        {
            Environment = GlobalProject.Environment,
            Macros = new MacroLibrary(""),
            Packages = [],
            Vars = new VarProvider(given, []),
            Target = target,
            Docs = new Dictionary<string, string>(),
        },
        new Dictionary<string, object?>(),
        isFromFile: false,
        isLenient: false);

    /// <summary>For verbs without a target: a variable that is not set is none.</summary>
    public static ProjectContext Lenient
    {
        get
        {
            var context = Of(new Dictionary<string, object?>(), new TargetInfo("default", "", "", "", "", 5432, 1));
            return new ProjectContext(context.Invocation, new Dictionary<string, object?>(), isFromFile: false, isLenient: true);
        }
    }

    /// <summary>What was read while rendering, to tell whether it would be the same again.</summary>
    public VarProvider Read => Invocation.Vars;

    public ProjectContext WithVars(IReadOnlyDictionary<string, object?> vars, bool fromFile) => new(Invocation, vars, fromFile, isLenient);

    public override Value Var(RenderState state, string name, Value fallback)
    {
        if (Invocation.Vars.TryGet(Package, name, out _) || !projectVars.TryGetValue(name, out var own) || (!isFromFile && !fallback.IsMissing))
        {
            return base.Var(state, name, isLenient && fallback.IsMissing ? Value.None : fallback);
        }

        return Rendered(state, Value.FromClr(own));
    }

    protected override Value Member(string name) => name == "project_name" ? default : base.Member(name);
}
