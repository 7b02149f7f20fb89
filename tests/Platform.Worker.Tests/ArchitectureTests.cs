using System.Reflection;
using NetArchTest.Rules;

namespace Platform.Worker.Tests;

/// <summary>Dependencies point with the data, never back: the arrows of docs/architecture.md, by namespace.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "Platform.Worker";

    private static readonly Assembly Worker = typeof(DataFaultException).Assembly;

    /// <summary>Each folder with those it may use. Faults.cs (namespace Platform.Worker) is open to all.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Jinja"] = [],
        ["Warehouse"] = [],
        ["Landing"] = [],
        ["Contracts"] = [],
        ["Sources"] = ["Landing"],
        ["Loading"] = ["Landing", "Contracts", "Warehouse"],
        ["Transform"] = ["Jinja", "Warehouse"],
        ["Pipeline"] = ["Sources", "Landing", "Contracts", "Loading", "Transform", "Warehouse"],
        ["Operate"] = ["Pipeline", "Sources", "Loading", "Transform", "Warehouse"],
    };

    /// <summary>Libraries that belong to one place; anywhere else they would be a second way of doing the same thing.</summary>
    private static readonly Dictionary<string, string[]> Libraries = new()
    {
        ["Quartz"] = ["Pipeline"],
        ["Polly"] = ["Pipeline"],
        ["System.CommandLine"] = ["Operate"],
        ["Spectre.Console"] = ["Operate"],
        ["Bogus"] = ["Sources"],
        ["DbUp"] = ["Warehouse"],
        ["CsvHelper"] = ["Landing", "Loading", "Transform"],
        ["YamlDotNet"] = ["Contracts", "Transform"],
        ["Npgsql"] = ["Warehouse", "Loading", "Transform", "Pipeline"],
        ["Azure.Storage"] = ["Landing", "Loading"],
    };

    public static TheoryData<string> Folders => [.. Arrows.Keys];

    public static TheoryData<string> LibraryNames => [.. Libraries.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_DependsOnlyOnWhatItMay(string folder)
    {
        var others = Arrows.Keys.Where(other => other != folder && !Arrows[folder].Contains(other)).Select(other => $"{Root}.{other}").ToArray();

        var result = Types.InAssembly(Worker).That().ResideInNamespace($"{Root}.{folder}").ShouldNot().HaveDependencyOnAny(others).GetResult();

        Assert.True(result.IsSuccessful, $"{folder} may use {Says(Arrows[folder])}; these use more: {Says(result.FailingTypeNames)}");
    }

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void Library_IsUsedOnlyWhereItBelongs(string library)
    {
        var users = Types.InAssembly(Worker).That().HaveDependencyOn(library).GetTypes()
            .Where(type => !Libraries[library].Any(folder => In(type, folder)))
            .Select(type => type.FullName!);

        Assert.Empty(users);
    }

    [Fact]
    public void Jinja_UsesTheBaseClassLibraryOnly()
    {
        var result = Types.InAssembly(Worker).That().ResideInNamespace($"{Root}.Jinja")
            .ShouldNot().HaveDependencyOnAny([.. Libraries.Keys, "Microsoft.Extensions", "Microsoft.AspNetCore", "Platform.ServiceDefaults"]).GetResult();

        Assert.True(result.IsSuccessful, Says(result.FailingTypeNames));
    }

    [Fact]
    public void EveryFolder_HasItsArrows()
    {
        var folders = Worker.GetTypes()
            .Select(type => type.Namespace)
            .Where(name => name?.StartsWith(Root + '.', StringComparison.Ordinal) == true)
            .Select(name => name!.Split('.')[2])
            .Distinct();

        Assert.Empty(folders.Except(Arrows.Keys));
    }

    [Fact]
    public void Types_AreInternal() =>
        Assert.DoesNotContain(Worker.GetExportedTypes(), type => type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true);

    private static bool In(Type type, string folder) =>
        type.Namespace is { } name && (name == $"{Root}.{folder}" || name.StartsWith($"{Root}.{folder}.", StringComparison.Ordinal));

    private static string Says(IEnumerable<string>? names) => names is null || !names.Any() ? "nothing else" : string.Join(", ", names);
}
