using Platform.Worker.Contracts.Parsing;

namespace Platform.Worker.Contracts;

/// <summary>All contracts of the installation, checked alone and against each other.</summary>
internal sealed class ContractCatalog
{
    /// <summary>Ending of a contract's file name; before it stands the dataset.</summary>
    public const string FileSuffix = ".odcs.yaml";

    private ContractCatalog(IReadOnlyList<Domain> domains) => Domains = domains;

    /// <summary>In dependency order: a domain comes after those that it depends on; otherwise by name.</summary>
    public IReadOnlyList<Domain> Domains { get; }

    /// <exception cref="ConfigurationFaultException">There is no domain of that name; the message names those that there are.</exception>
    public Domain Domain(string name) => Domains.FirstOrDefault(domain => domain.Name == name) ?? throw new ConfigurationFaultException(
        $"There is no domain '{name}'. Domains with contracts: {string.Join(", ", Domains.Select(domain => domain.Name))}.");

    /// <summary>The contract of a dataset; null when there is none any more.</summary>
    public DatasetContract? Find(string domain, string dataset) =>
        Domains.FirstOrDefault(item => item.Name == domain)?.Datasets.FirstOrDefault(contract => contract.Dataset == dataset);

    /// <summary>Reads every <c>*.odcs.yaml</c> in and below the folders.</summary>
    /// <exception cref="ContractException">Anything is wrong in any file or folder; it carries all errors.</exception>
    public static ContractCatalog Load(IEnumerable<string> folders)
    {
        var errors = new List<ContractError>();
        var contracts = new List<ParsedContract>();
        var folderOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in folders.Select(Path.GetFullPath))
        {
            if (FilesOf(folder, errors) is not { } files)
            {
                continue;
            }

            var parsed = files.Select(file => ContractParser.Parse(file, errors)).OfType<ParsedContract>().ToList();
            contracts.AddRange(parsed);
            foreach (var contract in parsed.Select(item => item.Contract).DistinctBy(contract => contract.Domain))
            {
                if (!folderOf.TryAdd(contract.Domain, folder))
                {
                    errors.Add(new ContractError(
                        contract.File, 0,
                        $"domain '{contract.Domain}' is in {folderOf[contract.Domain]} already, and a domain is in one folder. "
                        + "Give this one another name, or correct Sources:Directories."));
                }
            }
        }

        // Contracts that refer to one with errors would only repeat them.
        var domains = errors.Count == 0 ? Link(contracts, errors) : [];
        return errors.Count == 0
            ? new ContractCatalog([.. domains.Select(domain => domain with { Folder = folderOf[domain.Name] })])
            : throw new ContractException(errors);
    }

    private static string[]? FilesOf(string folder, List<ContractError> errors)
    {
        if (!Directory.Exists(folder))
        {
            errors.Add(new ContractError(folder, 0, "there is no such folder of contracts. Create it, or correct Sources:Directories."));
            return null;
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*" + FileSuffix, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            errors.Add(new ContractError(folder, 0, $"there is no *{FileSuffix} in it or below. Add the contracts, or correct Sources:Directories."));
        }

        return files;
    }

    private static List<Domain> Link(List<ParsedContract> contracts, List<ContractError> errors)
    {
        var byName = new Dictionary<(string Domain, string Dataset), ParsedContract>();
        foreach (var parsed in contracts)
        {
            if (!byName.TryAdd((parsed.Contract.Domain, parsed.Contract.Dataset), parsed))
            {
                var other = byName[(parsed.Contract.Domain, parsed.Contract.Dataset)].Contract.File;
                errors.Add(new ContractError(
                    parsed.Contract.File, 0, $"dataset {parsed.Contract.Domain}.{parsed.Contract.Dataset} has a contract already: {other}."));
            }
        }

        var dependsOn = byName.Values
            .GroupBy(parsed => parsed.Contract.Domain, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => group.SelectMany(parsed => parsed.DependsOn).Distinct().Order(StringComparer.Ordinal).ToList(),
                StringComparer.Ordinal);
        foreach (var parsed in byName.Values)
        {
            foreach (var name in parsed.DependsOn.Where(name => !dependsOn.ContainsKey(name)))
            {
                errors.Add(new ContractError(
                    parsed.Contract.File, parsed.DependsOnLine, $"dependsOn names '{name}'; no contract has that domain."));
            }

            foreach (var (reference, line) in parsed.References.Values)
            {
                CheckReference(parsed.Contract, reference, line, byName, dependsOn, errors);
            }
        }

        foreach (var domain in byName.Values.Select(parsed => parsed.Contract).GroupBy(contract => contract.Domain, StringComparer.Ordinal))
        {
            CheckArrival([.. domain], errors);
        }

        if (errors.Count > 0)
        {
            return [];
        }

        var names = Ordered(dependsOn.Keys, name => dependsOn[name], cycle => errors.Add(new ContractError(
            byName.Values.First(parsed => parsed.Contract.Domain == cycle[0]).Contract.File, 0,
            $"the domains depend on each other in a circle: {string.Join(" -> ", cycle)}.")));
        return [.. names.Select(name => new Domain(name, dependsOn[name], Datasets(name, byName, errors)))];
    }

    /// <summary>A manifest is of the domain's partition, not of a dataset; without it something must tell that the partition has arrived.</summary>
    private static void CheckArrival(List<DatasetContract> contracts, List<ContractError> errors)
    {
        var without = contracts.Where(contract => contract.Policy.IsManifestOptional).ToList();
        if (without.Count > 0 && contracts.Except(without).FirstOrDefault() is { } other)
        {
            errors.Add(new ContractError(
                other.File, 0, $"says that a manifest is required, and {without[0].File} that it is optional; the contracts of a domain must agree."));
        }
        else if (without.Count > 0 && contracts.TrueForAll(contract => contract.Policy.IsOptional))
        {
            errors.Add(new ContractError(
                without[0].File, 0, "manifest and every dataset of the domain are optional; nothing would tell that a partition has arrived."));
        }
    }

    private static void CheckReference(
        DatasetContract contract,
        ContractReference reference,
        int line,
        Dictionary<(string Domain, string Dataset), ParsedContract> byName,
        Dictionary<string, List<string>> dependsOn,
        List<ContractError> errors)
    {
        void Report(string message) => errors.Add(new ContractError(contract.File, line, $"column '{reference.Column}': {message}"));

        if (!byName.TryGetValue((reference.ToDomain, reference.ToDataset), out var target))
        {
            Report($"refers to {reference.ToDomain}.{reference.ToDataset}, which has no contract.");
        }
        else if (target.Contract.Key is not [var key] || key != reference.ToColumn)
        {
            Report($"refers to {reference.ToDataset}.{reference.ToColumn}, which is not that dataset's whole key " +
                   $"({string.Join(", ", target.Contract.Key)}); references to other columns are not implemented.");
        }
        else if (target.Contract.Column(reference.ToColumn).SqlType != contract.Column(reference.Column).SqlType)
        {
            Report($"is {contract.Column(reference.Column).SqlType}, but {reference.ToDataset}.{reference.ToColumn} is " +
                   $"{target.Contract.Column(reference.ToColumn).SqlType}.");
        }
        else if (reference.ToDomain != contract.Domain && !dependsOn[contract.Domain].Contains(reference.ToDomain))
        {
            Report($"refers to domain '{reference.ToDomain}'; add it to this domain's dependsOn.");
        }
    }

    private static List<DatasetContract> Datasets(
        string domain, Dictionary<(string Domain, string Dataset), ParsedContract> byName, List<ContractError> errors)
    {
        var own = byName.Values.Select(parsed => parsed.Contract).Where(contract => contract.Domain == domain)
            .ToDictionary(contract => contract.Dataset, StringComparer.Ordinal);
        var order = Ordered(
            own.Keys,
            name => own[name].References.Where(reference => reference.ToDomain == domain).Select(reference => reference.ToDataset),
            cycle => errors.Add(new ContractError(
                own[cycle[0]].File, 0, $"the datasets refer to each other in a circle: {string.Join(" -> ", cycle)}.")));
        return [.. order.Select(name => own[name])];
    }

    /// <summary>Each name after those that it needs; where that leaves a choice, by name.</summary>
    private static List<string> Ordered(
        IEnumerable<string> names, Func<string, IEnumerable<string>> needs, Action<IReadOnlyList<string>> onCircle)
    {
        var ordered = new List<string>();
        var path = new List<string>();

        void Visit(string name)
        {
            if (ordered.Contains(name))
            {
                return;
            }

            if (path.Contains(name))
            {
                onCircle([.. path.SkipWhile(other => other != name), name]);
                return;
            }

            path.Add(name);
            foreach (var needed in needs(name).Order(StringComparer.Ordinal))
            {
                Visit(needed);
            }

            path.RemoveAt(path.Count - 1);
            ordered.Add(name);
        }

        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            Visit(name);
        }

        return ordered;
    }
}
