using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Pipeline.Arrivals;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary>The daily pipeline: a domain of the contract catalogue is a task of it, after the domains that it depends on.</summary>
internal static class EtlFullPipeline
{
    public const string Name = "etl_full_pipeline_daily";

    public static PipelineDefinition Create(IServiceProvider services)
    {
        var loader = services.GetRequiredService<PartitionLoader>();
        var withdrawal = services.GetRequiredService<PartitionWithdrawal>();
        var arrivals = services.GetRequiredService<PartitionArrivals>();
        var records = services.GetRequiredService<ArrivalRecords>();
        var inputs = services.GetRequiredService<TaskInputs>();
        var loads = services.GetRequiredService<ContractCatalog>().Domains.Select(
            domain => new LoadDomainTask(domain, arrivals, records, loader, withdrawal, inputs));
        return new(Name, [services.GetRequiredService<GenerateTask>(), .. loads], services.GetRequiredService<BuildTask>());
    }
}
