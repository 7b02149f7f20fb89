using System.Runtime.CompilerServices;
using Npgsql;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>Renders a node's SQL for the warehouse, with the ephemeral models it reads as common table expressions.</summary>
internal static class NodeCompiler
{
    private static readonly ConditionalWeakTable<Node, Template> Templates = [];

    /// <summary>The node's SQL. Its context stays usable for the materialization that follows.</summary>
    public static string Compile(RunContext context, RenderState state, BuildState build, PostgresSession session)
    {
        var sql = context.Node.Test is { } test ? RenderTest(context, state, test) : Render(context.Node, state);
        var ctes = Ctes(context, build, session, state.CancellationToken);
        context.Run.Ctes = ctes.ConvertAll(cte => (cte.Node.UniqueId, EphemeralCtes.Expression(EphemeralCtes.NameOf(cte.Node), cte.Sql)));
        return EphemeralCtes.Inject(sql, ctes.ConvertAll(cte => (EphemeralCtes.NameOf(cte.Node), cte.Sql)));
    }

    /// <summary>The code of a node without the ephemeral models it reads.</summary>
    public static string Render(Node node, RenderState state) =>
        state.Render(node.Template ?? Templates.GetValue(node, static node => GlobalProject.Environment.Parse(node.RawCode, node.OriginalFilePath)));

    /// <summary>
    /// An ephemeral model of the build itself is at fault for what does not compile in it, and its readers are skipped; one that was not
    /// selected is a part of its reader. Where candidates are built a skipped reader would keep nothing from being published: there it fails.
    /// </summary>
    private static string RenderEphemeral(Node node, RenderState state, BuildState build)
    {
        try
        {
            return Render(node, state);
        }
        catch (JinjaException fault) when (!build.BuildsCandidates && build.Find(node.UniqueId) is not null && fault.InnerException is not (NpgsqlException or OperationCanceledException or IOException))
        {
            throw new EphemeralFault(node, fault);
        }
    }

    private static string RenderTest(RunContext context, RenderState state, TestMetadata test)
    {
        var macros = context.Invocation.Macros;
        var macro = test.Namespace is null
            ? macros.Find(context.Node.PackageName, $"test_{test.Name}")
            : macros.InPackage(test.Namespace, $"test_{test.Name}");
        return state.Call(macro!, new Arguments(null, TestArguments.Render(context, test.Arguments, context.Node.OriginalFilePath))).ToString();
    }

    /// <summary>The ephemeral models below a node, each once, those that others need first.</summary>
    private static List<(Node Node, string Sql)> Ctes(RunContext context, BuildState build, PostgresSession session, CancellationToken cancellationToken)
    {
        var ctes = new List<(Node Node, string Sql)>();
        var reads = new Dictionary<Node, HashSet<Node>>();
        foreach (var ephemeral in context.Ephemerals)
        {
            Add(ephemeral);
        }

        return ctes;

        void Add(Node node)
        {
            if (!reads.TryAdd(node, []))
            {
                return;
            }

            var inner = new RunContext(build, node, context.Run, session);
            using var state = inner.CreateState(cancellationToken);
            var sql = RenderEphemeral(node, state, build);
            foreach (var below in inner.Ephemerals)
            {
                Add(below);
                reads[node].Add(below);
                reads[node].UnionWith(reads[below]);
            }

            if (build.Find(node.UniqueId) is { CompiledCode: null } own)
            {
                // An ephemeral model is never run; what it compiles to is known from whoever reads it.
                own.CompiledCode = EphemeralCtes.Inject(sql, [.. ctes.Where(cte => reads[node].Contains(cte.Node)).Select(cte => (EphemeralCtes.NameOf(cte.Node), cte.Sql))]);
            }

            ctes.Add((node, sql));
        }
    }
}
