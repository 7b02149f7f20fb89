using Microsoft.Extensions.Options;
using Platform.ServiceDefaults;
using Quartz;

namespace Platform.Worker.Pipeline.Schedule;

/// <summary>
/// The scheduler: tables of its own in schema <c>quartz</c>, one cluster of all Workers on this database. Started and stopped by
/// <see cref="Start.WorkerStart"/>.
/// </summary>
internal static class PipelineSchedule
{
    public static readonly JobKey ScheduledRun = new("scheduled_run");
    public static readonly JobKey RequestedRun = new("requested_run");
    public static readonly JobKey Resume = new("resume");
    public static readonly JobKey Arrivals = new("arrivals");
    public static readonly JobKey Corrections = new("corrections");
    public static readonly JobKey Retirement = new("retirement");
    public static readonly JobKey Prune = new("prune");

    /// <summary>Beyond the retries of the ledger's own statements: PostgreSQL stays away for longer.</summary>
    public static readonly RetryPolicy WhenTheLedgerIsOutOfReach =
        RetryPolicy.Exponential(10, TimeSpan.FromSeconds(10), 2, TimeSpan.FromMinutes(10), jitter: 0.2);

    public static void AddPipelineSchedule(this IHostApplicationBuilder builder)
    {
        builder.Services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "platform";
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.UseRegisteredDataSource = true);
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = WarehouseNames.Quartz + ".qrtz_";
                    options.RecoverFiringsCancelledByShutdown = true;
                });
                store.ProvisionSchema();
                store.UseClustering();
                store.UseExecutionHistory();
            });
            quartz.UseExecutionLogCapture();
            quartz.AddPipelineJobs();
        });
        builder.Services.AddOptions<ExecutionHistoryOptions>()
            .Configure<IOptions<PipelineOptions>>((history, pipeline) =>
            {
                history.Retention = pipeline.Value.HistoryRetention;
                // The resume job finds nothing to do nearly always; that must not push real firings out.
                history.RetentionByResult[JobRunResult.Skipped] = TimeSpan.FromHours(1);
            });
        // Not a hosted service: to build the scheduler is to use its tables, and these need the migrations first.
        builder.Services.Configure<QuartzHostedServiceOptions>(options => options.WaitForJobsToComplete = true);
        builder.Services.AddSingleton<QuartzHostedService>();
        builder.Services.AddSingleton<RunRequests>();
    }

    private static void AddPipelineJobs(this IQuartzBuilder quartz)
    {
        quartz.AddJob<ScheduledRunJob>(job => job.WithIdentity(ScheduledRun).StoreDurably().RequestRecovery()
            .WithDescription("etl_full_pipeline_daily for the data date that is due"));
        quartz.AddJob<RequestedRunJob>(job => job.WithIdentity(RequestedRun).StoreDurably().RequestRecovery()
            .WithDescription("A run or a backfill that an operator requested"));
        quartz.AddJob<ResumeJob>(job => job.WithIdentity(Resume).StoreDurably().DisallowConcurrentExecution()
            .WithDescription("Goes on with runs that nobody runs"));
        quartz.AddJob<ArrivalJob>(job => job.WithIdentity(Arrivals).StoreDurably().DisallowConcurrentExecution()
            .WithDescription("Looks for the partitions that runs wait for, at deadlines and at freshness"));
        quartz.AddJob<CorrectionJob>(job => job.WithIdentity(Corrections).StoreDurably().DisallowConcurrentExecution()
            .WithDescription("Looks for partitions that were landed again"));
        quartz.AddJob<RetirementJob>(job => job.WithIdentity(Retirement).StoreDurably().DisallowConcurrentExecution()
            .WithDescription("Removes partitions older than their contract's retention"));
        quartz.AddTrigger((services, trigger) => trigger.ForJob(Retirement).WithIdentity("retirement")
            .WithCronSchedule(Options(services).RetirementCron, cron => cron.InTimeZone(TimeZoneInfo.Utc)));
        quartz.AddJob<PruneJob>(job => job.WithIdentity(Prune).StoreDurably().DisallowConcurrentExecution()
            .WithDescription("Deletes history past its time, and makes room for the next month's logs"));
        // Whatever the options were when another Worker started: they are now those of this one.
        quartz.AddCalendar(
            BusinessCalendar.Name, services => services.GetRequiredService<BusinessCalendar>().ToQuartz(), AddCalendarOptions.ReplacingAndUpdatingTriggers);
        quartz.AddTrigger((services, trigger) => trigger.ForJob(ScheduledRun).WithIdentity(DailyTrigger.Key)
            .WithCronSchedule(Options(services).Cron, DailyTrigger.By(services.GetRequiredService<BusinessCalendar>().Zone))
            .WithCalendarName(BusinessCalendar.Name)
            .WithOverlapPolicy(DailyTrigger.OverlapOf(Options(services).Overlap))
            .WithRetryPolicy(WhenTheLedgerIsOutOfReach));
        quartz.AddRepeating(Resume, options => options.ResumeInterval);
        quartz.AddRepeating(Arrivals, options => options.ArrivalInterval);
        quartz.AddRepeating(Corrections, options => options.CorrectionInterval);
        // At once as well: the first lines of a new database's logs find their month.
        quartz.AddRepeating(Prune, options => options.PruneInterval, atOnce: true);
    }

    private static void AddRepeating(this IQuartzBuilder quartz, JobKey job, Func<PipelineOptions, TimeSpan> interval, bool atOnce = false) =>
        quartz.AddTrigger((services, trigger) => trigger.ForJob(job).WithIdentity(job.Name)
            .StartAt(services.GetRequiredService<TimeProvider>().GetUtcNow() + (atOnce ? TimeSpan.Zero : interval(Options(services))))
            .WithSimpleSchedule(simple => simple.WithInterval(interval(Options(services))).RepeatForever()));

    private static PipelineOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<PipelineOptions>>().Value;
}
