using Platform.Worker.Contracts.Parsing;

namespace Platform.Worker.Contracts;

/// <summary>Contracts read alone, whatever the others of the installation are: to compare versions, or to check a supplier's file.</summary>
internal static class ContractFiles
{
    /// <summary>The contract of a file of any name, or those in and below a folder.</summary>
    /// <exception cref="ContractException">Anything is wrong in any file, or there is none.</exception>
    public static IReadOnlyList<DatasetContract> Read(string path)
    {
        var errors = new List<ContractError>();
        var isFile = File.Exists(path);
        var files = isFile ? [path] : Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*" + ContractCatalog.FileSuffix, SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray()
            : [];
        if (files.Length == 0)
        {
            errors.Add(new ContractError(path, 0, $"there is no contract file, nor a folder with *{ContractCatalog.FileSuffix}, of that name."));
        }

        var contracts = files.Select(file => ContractParser.Parse(file, errors, checkFileName: !isFile)).OfType<ParsedContract>()
            .Select(parsed => parsed.Contract).ToList();
        foreach (var twice in contracts.GroupBy(contract => (contract.Domain, contract.Dataset)).Where(group => group.Count() > 1))
        {
            errors.Add(new ContractError(
                twice.Last().File, 0, $"dataset {twice.Key.Domain}.{twice.Key.Dataset} has a contract already: {twice.First().File}."));
        }

        return errors.Count == 0 ? contracts : throw new ContractException(errors);
    }
}
