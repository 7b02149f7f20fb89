namespace Platform.Worker.Tests.Jinja;

/// <summary>The language, case by case: <c>Spec/area.jinja</c> holds templates, <c>Spec/area.out</c> what Jinja2 3.1.6 makes of them.</summary>
public sealed class SpecTests
{
    public static TheoryData<string, string> Cases { get; } = [.. Directory.GetFiles(SpecCase.Folder, "*.jinja")
        .Select(path => Path.GetFileNameWithoutExtension(path))
        .Order(StringComparer.Ordinal)
        .SelectMany(area => SpecCase.Read(area).Select(found => (area, found.Name)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Template_Rendered_GivesWhatJinja2Gives(string area, string name)
    {
        var found = SpecCase.Read(area).Single(candidate => candidate.Name == name);

        Assert.Equal(found.Expected, found.Run());
    }

    [Fact]
    public void Specification_HasAtLeast400Cases() => Assert.True(Cases.Count >= 400, $"only {Cases.Count} cases");
}
