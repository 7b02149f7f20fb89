using System.Collections.Immutable;

namespace Platform.Api.Runs;

/// <summary>How fresh the published data is.</summary>
/// <param name="DueDataDate">The newest day that should be there: yesterday, UTC.</param>
/// <param name="IsReady">Whether it is published.</param>
/// <param name="NewestDataDate">The newest day that is published; null before the first publication.</param>
/// <param name="OldestDataDate">The oldest day that is published.</param>
/// <param name="PublishedAt">When.</param>
/// <param name="PublicationId">By which publication.</param>
/// <param name="Domains">The newest loaded partition of each domain, published or not.</param>
/// <param name="Quarantine">What the numbers lack: rows that did not pass their contract and wait for a decision.</param>
/// <param name="Deadlines">By when the newest data date of each pipeline is to be published, where there is a deadline.</param>
public sealed record FreshnessReport(
    DateOnly DueDataDate,
    bool IsReady,
    DateOnly? NewestDataDate,
    DateOnly? OldestDataDate,
    DateTimeOffset? PublishedAt,
    long? PublicationId,
    ImmutableArray<DomainFreshness> Domains,
    ImmutableArray<QuarantinedData> Quarantine,
    ImmutableArray<PipelineDeadline> Deadlines);

/// <summary>What is loaded of a domain.</summary>
/// <param name="Domain">sales, operations, finance, ...</param>
/// <param name="LastPartition">The newest day of which all its datasets are loaded.</param>
/// <param name="LoadedAt">When its last partition was loaded.</param>
/// <param name="Datasets">How many datasets it has.</param>
/// <param name="QuarantinedRows">Rows of its current partitions that did not pass their contract.</param>
public sealed record DomainFreshness(string Domain, DateOnly? LastPartition, DateTimeOffset LoadedAt, int Datasets, long QuarantinedRows);

/// <summary>Rows of a dataset that wait in quarantine.</summary>
/// <param name="Domain">sales, operations, finance, ...</param>
/// <param name="Dataset">orders, ...</param>
/// <param name="Rows">How many.</param>
/// <param name="Amount">The money at stake, as far as it can be read; null when the dataset has none.</param>
/// <param name="Currency">Its currency, where the dataset has several: then each has an entry.</param>
public sealed record QuarantinedData(string Domain, string Dataset, long Rows, decimal? Amount, string? Currency);

/// <summary>By when a data date is to be published.</summary>
/// <param name="Pipeline">Whose.</param>
/// <param name="DataDate">The newest data date that is due.</param>
/// <param name="ReadyBy">By when.</param>
/// <param name="ForecastAt">When it will be, as last forecast; null when that cannot be told.</param>
/// <param name="ReadyAt">When it was; null when it is not yet.</param>
/// <param name="State">on_track, at_risk, missed, ready or ready_late.</param>
public sealed record PipelineDeadline(
    string Pipeline, DateOnly DataDate, DateTimeOffset ReadyBy, DateTimeOffset? ForecastAt, DateTimeOffset? ReadyAt, string State);
