using Platform.Worker.Contracts;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Pipeline;

/// <summary>The dbt projects that lie beside the contracts of configured domains: their models are built with the platform's own.</summary>
internal static class DomainProjects
{
    /// <summary>The same without a catalogue at hand; nothing is read when no folder is configured.</summary>
    public static JoinedPackages Of(ContractOptions options) =>
        options.Directories.Count == 0 ? JoinedPackages.None : new(() => Of(ContractRegistration.Load(options), options));

    /// <summary>One package per folder that has a dbt project, with the sources that the contracts of the folder give.</summary>
    /// <exception cref="ConfigurationFaultException">A folder has models and no dbt project.</exception>
    public static IReadOnlyList<JoinedPackage> Of(ContractCatalog contracts, ContractOptions options) =>
        [.. options.Directories.Select(Path.GetFullPath).Where(HasProject).Select(folder => new JoinedPackage(
            folder,
            contracts.Domains.Where(domain => domain.Folder == folder).ToDictionary(DbtSources.FileName, DbtSources.Yaml, StringComparer.Ordinal)))];

    private static bool HasProject(string folder)
    {
        if (File.Exists(Path.Combine(folder, ProjectFile.FileName)))
        {
            return true;
        }

        return Directory.Exists(Path.Combine(folder, "models"))
            ? throw new ConfigurationFaultException(
                $"{folder} has models and no {ProjectFile.FileName}, so that nothing would build them. Add one that names the project ('name: ...'), "
                + "or take the folder out of Sources:Directories.")
            : false;
    }
}
