using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>Reads one properties file (https://docs.getdbt.com/reference/configs-and-properties).</summary>
internal sealed class PropertiesReader(Package package, SourceFile file, NodeContext context, ProjectErrors errors)
{
    private static readonly string[] PatchedSections = ["models", "seeds", "snapshots", "analyses", "macros", "data_tests", "tests"];

    private static readonly string[] OtherSections =
        ["exposures", "groups", "unit_tests", "semantic_models", "metrics", "saved_queries"];

    private static readonly HashSet<string> KnownSections =
        [.. PatchedSections, .. OtherSections, "sources", "version", "anchors", "functions"];

    private readonly YamlTemplates _templates = new(context, errors);

    public PropertiesFile Read()
    {
        if (YamlValue.Read(file, errors) is not { } yaml)
        {
            return PropertiesFile.Empty;
        }

        if (yaml.Map is not { } sections)
        {
            errors.Add(yaml.At, "a properties file holds a mapping such as 'models:' with a list below it.");
            return PropertiesFile.Empty;
        }

        foreach (var (section, value) in sections.Where(section => !KnownSections.Contains(section.Key)))
        {
            errors.Warn(value.At, "CustomTopLevelKeyDeprecation", $"'{section}:' is no section of a properties file. Correct its name, or remove it.");
        }

        return new PropertiesFile
        {
            Patches = [.. PatchedSections.SelectMany(section => yaml.List(section, errors).SelectMany(entry => Patches(section, entry)))],
            Sources = [.. yaml.List("sources", errors).Where(entry => entry["overrides"] is null).SelectMany(Tables)],
            Entries =
            [
                .. OtherSections.SelectMany(section => yaml.List(section, errors).Select(entry => Entry(section, entry))),
                .. yaml.List("sources", errors).Where(entry => entry["overrides"] is not null).Select(entry => Entry("source_overrides", entry)),
            ],
        };
    }

    private IEnumerable<ResourcePatch> Patches(string section, YamlValue written)
    {
        var entry = _templates.Entry(written, section);
        return new PatchReader(package, file, section, errors).Read(entry, written);
    }

    private PropertyEntry Entry(string section, YamlValue written) =>
        new(section, _templates.Entry(written, section == "source_overrides" ? "sources" : section), written, package.Name, file);

    private IEnumerable<SourceTable> Tables(YamlValue written)
    {
        var source = _templates.Entry(written, "sources");
        return source.RequiredText("name", "a source", errors) is { } name ? Tables(package, file, name, source, errors).Select(table => table with { WrittenSource = written }) : [];
    }

    /// <summary>The tables of a source's entry.</summary>
    public static IEnumerable<SourceTable> Tables(Package package, SourceFile file, string name, YamlValue source, ProjectErrors errors)
    {
        var reader = new PatchReader(package, file, "sources", errors)
        {
            InheritedQuoting = source["quoting"]?.Flag("column"),
            InheritedTags = [.. YamlValue.Texts(source["tags"]).Concat(YamlValue.Texts(source["config"]?["tags"])).Distinct()],
        };
        return source.List("tables", errors).SelectMany(
            table => reader.Read(table, table).Select(patch => new SourceTable(name, patch.Name, source, table, patch)));
    }
}
