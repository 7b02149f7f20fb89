namespace Platform.Worker.Transform.Project;

/// <summary>A dbt project that is joined to the platform's own as a package, wherever it lies.</summary>
/// <param name="Directory">Folder that holds its dbt_project.yml.</param>
/// <param name="Properties">
/// Properties files that are made rather than written: name and YAML. They count as if they lay in its first folder of models; a file that lies there
/// takes the place of the one with the same name.
/// </param>
internal sealed record JoinedPackage(string Directory, IReadOnlyDictionary<string, string> Properties);

/// <summary>What is joined to the platform's own project; other projects are built as they are.</summary>
/// <param name="Read">Reads the list, when the project is.</param>
internal sealed record JoinedPackages(Func<IReadOnlyList<JoinedPackage>> Read)
{
    public static JoinedPackages None { get; } = new(() => []);
}
