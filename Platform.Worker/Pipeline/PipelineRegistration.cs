using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Worker.Pipeline.Schedule;
using Platform.Worker.Pipeline.Start;
using Platform.Worker.Pipeline.Tasks;

namespace Platform.Worker.Pipeline;

internal static class PipelineRegistration
{
    /// <summary>What runs the pipeline: ledger, runner, tasks. A CLI verb needs no more.</summary>
    public static IHostApplicationBuilder AddPipeline(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PipelineOptions>().BindConfiguration(PipelineOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<GenerateTask>();
        builder.Services.AddSingleton<BuildTask>();
        builder.Services.TryAddSingleton(EtlFullPipeline.Create);
        builder.Services.AddSingleton<InfrastructureRetry>();
        builder.Services.AddSingleton<RunLedger>();
        builder.Services.AddSingleton<TaskRunner>();
        builder.Services.AddSingleton<PipelineRunner>();
        builder.Services.AddSingleton<RunHistory>();
        return builder;
    }

    /// <summary>What a Worker process adds: the scheduler, and the start with its catch-up.</summary>
    public static IHostApplicationBuilder AddPipelineHost(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WorkerProgress>();
        builder.Services.AddSingleton<WorkerReadiness>();
        builder.Services.AddHealthChecks().AddCheck<WorkerReadiness>("migrations", tags: ["ready"]);
        builder.Services.AddSingleton<CatchUp>();
        builder.AddPipelineSchedule();
        builder.Services.AddHostedService<WorkerStart>();
        return builder;
    }
}
