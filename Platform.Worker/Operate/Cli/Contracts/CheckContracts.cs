using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Checking;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary>Finds the contract of a file among those that may be meant.</summary>
internal sealed class CheckContracts(IReadOnlyList<DatasetContract> contracts, string? domain, string? dataset)
{
    /// <exception cref="ConfigurationFaultException">There is none, or more than one.</exception>
    public DatasetContract Find(LocalFile file)
    {
        if (contracts is [var only] && domain is null && dataset is null)
        {
            return only;
        }

        var name = dataset ?? (LandingPath.IsDataFile(file.Name) ? LandingPath.DatasetOf(file.Name) : throw new ConfigurationFaultException(
            $"{file.Path}: the name does not tell the dataset; say --dataset, or name the file <dataset>[.anything].csv, .csv.gz or .parquet."));
        var found = contracts.Where(contract => contract.Dataset == name && (domain is null || contract.Domain == domain)).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw new ConfigurationFaultException(
                $"{file.Path}: there is no contract of a dataset '{name}'{(domain is null ? "" : $" of domain '{domain}'")}. Datasets: "
                + $"{string.Join(", ", contracts.Select(contract => $"{contract.Domain}.{contract.Dataset}"))}. Say --contract, --domain or --dataset."),
            _ => throw new ConfigurationFaultException(
                $"{file.Path}: several domains have a dataset '{name}'; say --domain: {string.Join(", ", found.Select(contract => contract.Domain))}."),
        };
    }
}
