using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Tests.Transform.Compile;

/// <summary>Renders a text as a file of the root project would be while it is parsed.</summary>
internal static class TemplateText
{
    public static string Render(ParsedProject project, string text)
    {
        var context = new ParseContext(project.Invocation, project.Root.Name, "models/text.sql");
        using var state = context.CreateState(CancellationToken.None);
        return state.Render(project.Invocation.Environment.Parse(text, "models/text.sql"));
    }
}
