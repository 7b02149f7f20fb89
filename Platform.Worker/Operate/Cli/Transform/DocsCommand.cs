using System.CommandLine;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary><c>transform docs generate</c></summary>
internal static class DocsCommand
{
    public static Command Create(TransformSession session)
    {
        var selection = new SelectionOptions();
        var compile = new DbtFlag("compile", "Compile the nodes too. Default on.");
        var empty = new DbtFlag("empty-catalog", "Write a catalog without relations.", negatable: false);
        var isStatic = new DbtFlag("static", "Accepted: no page is made, only artifacts.", negatable: false);
        var generate = new Command("generate", "Write manifest.json and catalog.json, what documentation sites read.");
        selection.AddTo(generate);
        foreach (var flag in new[] { compile, empty, isStatic })
        {
            flag.AddTo(generate);
        }

        generate.SetAction((parsed, cancellationToken) => session.RunAsync(
            parsed,
            TransformVerb.DocsGenerate,
            (arguments, source) => arguments with
            {
                Request = selection.Apply(arguments.Request, source),
                Compile = source.Bool(compile, true),
                EmptyCatalog = source.Bool(empty, false),
            },
            DocsGenerateVerb.RunAsync,
            cancellationToken));
        return new Command("docs", "Documentation artifacts.") { generate };
    }
}
