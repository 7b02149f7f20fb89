using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Tests.Transform.Project;

/// <summary>Each folder below Projects/errors is a broken project; expected.txt in it is the whole report.</summary>
public sealed class ProjectErrorTests
{
    private static readonly TargetInfo Target = new("prod", "shop", "analytics", "localhost", "owner", 5432, 4);

    public static TheoryData<string> Cases => [.. Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Transform", "Projects", "errors");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Project_WithAnError_IsReportedWithPlaceAndRemedy(string name)
    {
        var expected = File.ReadAllText(Path.Combine(Folder, name, "expected.txt")).ReplaceLineEndings("\n").TrimEnd();

        var fault = Assert.Throws<TransformException>(() => Parse(Path.Combine(Folder, name)));

        Assert.Equal(expected, fault.Message.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public void Folder_WithoutAProject_SaysWhichSettingToChange()
    {
        using var empty = TestProject.Of();
        empty.Delete("dbt_project.yml");

        var fault = Assert.Throws<TransformException>(() => Parse(empty.Directory));

        Assert.Contains("Transform:ProjectDirectory", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_OfAModelThatIsNotThere_AreAWarningOnly()
    {
        using var project = TestProject.Of(("models/orders.sql", "select 1 as one"), ("models/schema.yml", "models:\n  - name: ordrs\n"));

        var parsed = Parse(project.Directory);

        Assert.Equal("models/schema.yml:2:5: there is no model 'ordrs' for these properties.", Assert.Single(parsed.Warnings).ToString());
    }

    internal static ParsedProject Parse(string directory, params (string Name, object? Value)[] vars)
    {
        var errors = new ProjectErrors();
        var given = vars.ToDictionary(pair => pair.Name, pair => pair.Value);
        var packages = new PackageReader().Read(directory, ProjectContext.Of(given, Target), errors);
        errors.ThrowIfAny();
        return ProjectParser.Parse(packages, new VarProvider(given, packages), Target, TimeProvider.System.GetUtcNow(), errors);
    }
}
