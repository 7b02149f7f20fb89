namespace Platform.Worker.Transform.State;

/// <summary>The artifacts of an earlier run; each is null when its file is not there.</summary>
internal sealed record PreviousState
{
    /// <summary>The folder, as given.</summary>
    public required string Directory { get; init; }

    public StateManifest? Manifest { get; init; }

    public StateResults? Results { get; init; }

    /// <summary>The freshness of sources then.</summary>
    public StateFreshness? Sources { get; init; }

    /// <summary>The freshness of sources as this project last saw it.</summary>
    public StateFreshness? CurrentSources { get; init; }

    /// <param name="stateDirectory">The folder of the artifacts; relative to the project.</param>
    /// <param name="projectDirectory">The project's root.</param>
    /// <param name="targetPath">The project's own folder for artifacts.</param>
    /// <exception cref="TransformException">A file is no such artifact, or of a version that is not understood.</exception>
    public static PreviousState Read(string stateDirectory, string projectDirectory, string targetPath)
    {
        var (state, target) = (Path.Combine(projectDirectory, stateDirectory), Path.Combine(projectDirectory, targetPath));
        return new PreviousState
        {
            Directory = stateDirectory,
            Manifest = StateManifest.Read(Path.Combine(state, StateManifest.FileName)),
            Results = StateResults.Read(Path.Combine(state, StateResults.FileName)),
            Sources = StateFreshness.Read(Path.Combine(state, StateFreshness.FileName)),
            CurrentSources = StateFreshness.Read(Path.Combine(target, StateFreshness.FileName)),
        };
    }
}
