namespace Platform.ServiceDefaults;

/// <summary>Names in the warehouse that both the Worker, which owns it, and the Api, which reads it, use.</summary>
public static class WarehouseNames
{
    /// <summary>Name of the connection string and of the data source.</summary>
    public const string Connection = "warehouse";

    /// <summary>Schema reserved for rows of loads that must rest outside the fact tables; no domain may take its name.</summary>
    public const string Staging = "staging";

    /// <summary>Schema of what a build makes before it is published.</summary>
    public const string Candidate = "candidate";

    /// <summary>Schema of the published dimensions, facts and marts.</summary>
    public const string Analytics = "analytics";

    /// <summary>Schema of runs, loads, quarantine, check results and the published catalogue.</summary>
    public const string Meta = "meta";

    /// <summary>Schema of the scheduler's own tables.</summary>
    public const string Quartz = "quartz";

    /// <summary>Role of the Api: reads <see cref="Analytics"/> and <see cref="Meta"/>, writes nothing.</summary>
    public const string ApiRole = "platform_api";

    /// <summary>Role of BI tools that connect with SQL: reads <see cref="Analytics"/> only.</summary>
    public const string BiReaderRole = "bi_reader";
}
