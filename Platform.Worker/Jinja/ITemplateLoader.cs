namespace Platform.Worker.Jinja;

/// <summary>Finds the source of a template by name. Called from several threads.</summary>
internal interface ITemplateLoader
{
    /// <summary>The source, or null when there is no such template.</summary>
    string? Load(string name);
}
