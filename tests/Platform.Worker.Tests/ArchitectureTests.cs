using System.Reflection;

namespace Platform.Worker.Tests;

/// <summary>Dependencies point with the data, never back: the arrows of docs/architecture.md, by namespace.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "Platform.Worker";

    /// <summary>Each folder with those it may use. Faults.cs (namespace Platform.Worker) is open to all.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Access"] = [],
        ["Periods"] = ["Access"],
        ["Jinja"] = [],
        ["Warehouse"] = [],
        ["Landing"] = [],
        ["Contracts"] = ["Landing"],
        ["Sources"] = ["Landing"],
        ["Loading"] = ["Landing", "Contracts", "Warehouse"],
        ["Transform"] = ["Jinja", "Warehouse"],
        ["Pipeline"] = ["Sources", "Landing", "Contracts", "Loading", "Transform", "Warehouse"],
        ["Operate"] = ["Access", "Periods", "Pipeline", "Sources", "Landing", "Contracts", "Loading", "Transform", "Warehouse"],
    };

    /// <summary>Libraries that belong to one place; anywhere else they would be a second way of doing the same thing.</summary>
    private static readonly Dictionary<string, string[]> Libraries = new()
    {
        ["Quartz"] = ["Pipeline"],
        ["Polly"] = ["Pipeline", "Transform"],
        ["System.CommandLine"] = ["Operate"],
        ["Spectre.Console"] = ["Operate"],
        ["Bogus"] = ["Sources"],
        ["DbUp"] = ["Warehouse"],
        ["CsvHelper"] = ["Landing", "Contracts", "Loading", "Transform"],
        ["YamlDotNet"] = ["Contracts", "Transform"],
        ["Npgsql"] = ["Access", "Periods", "Warehouse", "Loading", "Transform", "Pipeline", "Operate"],
        ["Azure.Storage"] = ["Landing"],
        ["MailKit"] = ["Pipeline"],
        ["MimeKit"] = ["Pipeline"],
        ["Platform.Metrics"] = ["Transform"],
    };

    private static readonly Assembly Worker = typeof(DataFaultException).Assembly;

    private static readonly Lazy<HashSet<(string User, string Used)>> Uses = new(() => TypeUses.Of(Worker.Location));

    public static TheoryData<string> Folders => [.. Arrows.Keys];

    public static TheoryData<string> LibraryNames => [.. Libraries.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_DependsOnlyOnWhatItMay(string folder)
    {
        string[] allowed = [folder, .. Arrows[folder]];

        Assert.DoesNotContain(
            Uses.Value,
            use => In(use.User, $"{Root}.{folder}") && FolderOf(use.Used) is { } used && !allowed.Contains(used));
    }

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void Library_IsUsedOnlyWhereItBelongs(string library) =>
        Assert.DoesNotContain(
            Uses.Value,
            use => In(use.Used, library) && FolderOf(use.User) is { } user && !Libraries[library].Contains(user));

    [Fact]
    public void Jinja_UsesTheBaseClassLibraryOnly() =>
        Assert.DoesNotContain(
            Uses.Value,
            use => In(use.User, $"{Root}.Jinja") && !In(use.Used, $"{Root}.Jinja") && !In(use.Used, "System") && use.Used.Contains('.', StringComparison.Ordinal));

    [Fact]
    public void EveryFolder_HasItsArrows() =>
        Assert.Subset(Arrows.Keys.ToHashSet(), Uses.Value.Select(use => FolderOf(use.User)).OfType<string>().ToHashSet());

    [Fact]
    public void Types_AreInternal() =>
        Assert.DoesNotContain(Worker.GetExportedTypes(), type => In(type.FullName!, Root));

    private static bool In(string type, string name) => type.StartsWith(name + '.', StringComparison.Ordinal);

    private static string? FolderOf(string type) =>
        In(type, Root) && type.Split('.') is [_, _, var folder, _, ..] ? folder : null;
}
