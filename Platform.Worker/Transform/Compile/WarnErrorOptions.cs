namespace Platform.Worker.Transform.Compile;

/// <summary>
/// <c>--warn-error-options</c> (https://docs.getdbt.com/reference/global-configs/warnings): names of dbt's warnings, or "all" / "*".
/// </summary>
internal sealed record WarnErrorOptions
{
    public IReadOnlyList<string> Error { get; init; } = [];

    public IReadOnlyList<string> Warn { get; init; } = [];

    public IReadOnlyList<string> Silence { get; init; } = [];

    public bool IsError(string warning) => !Warn.Contains(warning) && !IsSilent(warning) && (Error.Contains(warning) || Error is ["all" or "*", ..]);

    public bool IsSilent(string warning) => Silence.Contains(warning);

    public IReadOnlyDictionary<string, object?> ToDictionary() => new Dictionary<string, object?>
    {
        ["error"] = Error.Cast<object?>().ToList(),
        ["warn"] = Warn.Cast<object?>().ToList(),
        ["silence"] = Silence.Cast<object?>().ToList(),
    };
}
