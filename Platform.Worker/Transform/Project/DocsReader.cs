using System.Text.RegularExpressions;

namespace Platform.Worker.Transform.Project;

/// <summary>Reads the docs blocks of .md files (https://docs.getdbt.com/docs/build/documentation#using-docs-blocks).</summary>
internal static partial class DocsReader
{
    public static Dictionary<string, DocsBlock> Read(IReadOnlyList<Package> packages, ProjectErrors errors)
    {
        var docs = new Dictionary<string, DocsBlock>();
        foreach (var package in packages)
        {
            foreach (var file in package.Docs.Where(file => DocsTag().IsMatch(file.Text)))
            {
                foreach (var block in ParseScope.ParseTemplate(package, file, errors)?.TaggedBlocks.Where(block => block.TagName == "docs") ?? [])
                {
                    var doc = new DocsBlock($"doc.{package.Name}.{block.Name}", block.Name, package.Name, file.Path, block.BodyText.Trim());
                    if (!docs.TryAdd(doc.UniqueId, doc))
                    {
                        errors.Add(
                            file.At(block.Template.Locate(block.Start).Line),
                            $"the docs block '{block.Name}' is written twice, also in {docs[doc.UniqueId].OriginalFilePath}. Rename one.");
                    }
                }
            }
        }

        return docs;
    }

    [GeneratedRegex(@"\{%-?\s*docs\s")]
    private static partial Regex DocsTag();
}
