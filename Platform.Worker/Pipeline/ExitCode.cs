namespace Platform.Worker.Pipeline;

/// <summary>Exit codes of the Worker's executable, host and verbs alike.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A run failed on its data, a test did, or somebody cancelled a run.</summary>
    public const int Data = 1;

    /// <summary>The command line, a setting, a contract or the dbt project is wrong.</summary>
    public const int Configuration = 2;

    /// <summary>A server could not be reached, or something unforeseen happened.</summary>
    public const int Infrastructure = 3;

    /// <summary>A partition has not landed and the run waits for it, or the pipeline is paused.</summary>
    public const int Waiting = 4;

    public static int Of(Fault fault) => fault switch
    {
        Fault.Data => Data,
        Fault.Configuration => Configuration,
        _ => Infrastructure,
    };

    public static int Of(Exception exception) => Of(FaultClassifier.Classify(exception));
}
