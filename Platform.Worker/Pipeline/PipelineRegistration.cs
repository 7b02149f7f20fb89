using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Platform.Worker.Contracts;
using Platform.Worker.Pipeline.Alerts;
using Platform.Worker.Pipeline.Arrivals;
using Platform.Worker.Pipeline.Audit;
using Platform.Worker.Pipeline.Backfills;
using Platform.Worker.Pipeline.Control;
using Platform.Worker.Pipeline.Deadlines;
using Platform.Worker.Pipeline.Diffs;
using Platform.Worker.Pipeline.Following;
using Platform.Worker.Pipeline.History;
using Platform.Worker.Pipeline.Lineage;
using Platform.Worker.Pipeline.Logs;
using Platform.Worker.Pipeline.Schedule;
using Platform.Worker.Pipeline.Start;
using Platform.Worker.Pipeline.Tasks;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Pipeline;

internal static class PipelineRegistration
{
    /// <summary><c>etl_full_pipeline_daily</c> and what runs it. A CLI verb needs no more.</summary>
    public static IHostApplicationBuilder AddPipeline(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<GenerateTask>();
        builder.Services.AddSingleton<BuildMetrics>();
        builder.Services.AddSingleton<WholeTests>();
        builder.Services.AddSingleton<BuildTask>();
        builder.AddLineage();
        builder.Services.AddSingleton<ArrivalRecords>();
        builder.Services.AddSingleton<TaskInputs>();
        builder.Services.AddSingleton(EtlFullPipeline.Create);
        builder.Services.AddSingleton(services => new JoinedPackages(() => DomainProjects.Of(
            services.GetRequiredService<ContractCatalog>(), services.GetRequiredService<IOptions<ContractOptions>>().Value)));
        return builder.AddPipelineRunner();
    }

    /// <summary>Ledger and runner of the registered <see cref="PipelineDefinition"/>.</summary>
    public static IHostApplicationBuilder AddPipelineRunner(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PipelineOptions>().BindConfiguration(PipelineOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => BusinessCalendar.Of(services.GetRequiredService<IOptions<PipelineOptions>>().Value));
        builder.Services.AddSingleton<DataDates>();
        builder.Services.AddSingleton<InfrastructureRetry>();
        builder.Services.AddSingleton<LedgerStatements>();
        builder.Services.AddSingleton<RunLedger>();
        builder.Services.AddSingleton<TaskLogs>();
        builder.Services.AddSingleton<TaskLogReader>();
        builder.Services.AddSingleton<ILoggerProvider, TaskLogProvider>();
        builder.Services.AddSingleton<PipelineMetrics>();
        builder.Services.AddSingleton<RunFollower>();
        builder.Services.AddSingleton<TaskRunner>();
        builder.Services.AddSingleton<Incidents>();
        builder.Services.AddSingleton<ArrivalWatch>();
        builder.Services.AddSingleton<DeadlineRecords>();
        builder.Services.AddSingleton<RunForecast>();
        builder.Services.AddSingleton<DeadlineWatch>();
        builder.Services.AddSingleton<ScheduleReader>();
        builder.Services.AddSingleton<PipelineRunner>();
        builder.Services.AddSingleton<RunHistory>();
        builder.Services.AddSingleton<RunDiffs>();
        builder.Services.AddSingleton<RunControl>();
        builder.Services.AddSingleton<PipelinePause>();
        builder.Services.AddSingleton<PipelineStatusReader>();
        builder.Services.AddSingleton<BackfillLedger>();
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddSingleton<HistoryPruning>();
        return builder.AddAlerts();
    }

    /// <summary>What a Worker process adds: the scheduler, and the start with its catch-up.</summary>
    public static IHostApplicationBuilder AddPipelineHost(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WorkerProgress>();
        builder.Services.AddSingleton<WorkerReadiness>();
        builder.Services.AddHealthChecks().AddCheck<WorkerReadiness>("migrations", tags: ["ready"]);
        builder.Services.AddSingleton<CatchUp>();
        builder.Services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<PipelineGauges>(services, services.GetRequiredService<ContractCatalog>().Domains));
        builder.Services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<FreshnessWatch>(services, services.GetRequiredService<ContractCatalog>().Domains));
        builder.AddPipelineSchedule();
        builder.Services.AddHostedService<WorkerStart>();
        builder.Services.AddHostedService<AlertLoop>();
        return builder;
    }
}
