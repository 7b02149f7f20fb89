namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>What a command selects; without anything given, every node.</summary>
internal sealed record SelectionRequest
{
    /// <summary>Criteria: each text may hold several, separated by blanks (union) and commas (intersection).</summary>
    public IReadOnlyList<string> Select { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Name of a selector of selectors.yml; takes the place of <see cref="Select"/> and <see cref="Exclude"/>.</summary>
    public string? Selector { get; init; }

    public IndirectSelection IndirectSelection { get; init; } = IndirectSelection.Eager;

    /// <summary>The kinds of resources that stay in the answer; null: all.</summary>
    public IReadOnlySet<ResourceType>? ResourceTypes { get; init; }

    /// <summary>Keeps models without any code, which commands that run something pass over.</summary>
    public bool IncludeEmpty { get; init; }

    /// <summary>What a request's verb and flags mean.</summary>
    /// <exception cref="TransformException">A flag has a value that is none of its values.</exception>
    public static SelectionRequest From(BuildRequest request)
    {
        var place = new SourceLocation("--models");
        if (request.Models.Count > 0 && (request.Select.Count > 0 || request.ResourceTypes.Count > 0))
        {
            throw new TransformException(
                place, $"\"models\" and \"{(request.Select.Count > 0 ? "select" : "resource_type")}\" are mutually exclusive arguments. Give one of them.");
        }

        return new SelectionRequest
        {
            Select = request.Models.Count > 0 ? request.Models : request.Select,
            Exclude = request.Exclude,
            Selector = request.Selector,
            IndirectSelection = Selection.IndirectSelections.Parse(request.IndirectSelection, new SourceLocation("--indirect-selection")),
            ResourceTypes = request.Models.Count > 0
                ? new HashSet<ResourceType> { ResourceType.Model }
                : VerbResources.Of(request.Verb, request.ResourceTypes, request.ExcludeResourceTypes),
            IncludeEmpty = request.Verb is TransformVerb.List or TransformVerb.Compile or TransformVerb.Show or TransformVerb.DocsGenerate,
        };
    }
}
