using Platform.Api.Tests.Sample;
using Platform.Testing;

namespace Platform.Api.Tests.Metrics;

/// <summary>
/// A project of others with MetricFlow's own reading of times: calls of one line, of a plan by month, of devices whose owner changes by day. Expected
/// rows are counted by hand from the few rows below.
/// </summary>
public sealed class TimeSpineTests(EmbeddedServers servers) : IAsyncLifetime
{
    private const string Tables = """
        create schema calls;
        create table calls.calls as select * from (values
          (1, timestamp '2026-03-02 10:00:00.125', date '2026-03-02', 'a', true), (2, timestamp '2026-03-02 10:00:00.125', date '2026-03-02', 'b', false),
          (3, timestamp '2026-03-04 09:00:00.5', date '2026-03-04', 'a', false), (4, timestamp '2026-04-01 00:00:00', date '2026-04-01', 'a', true)
        ) as v (id, called_at, day, line_id, is_paid);
        create table calls.lines as select * from (values ('a', 'u1', 'DE'), ('b', 'u2', 'FR'), ('c', 'u3', 'FR')) as v (line_id, user_id, country);
        create table calls.users as select * from (values
          ('u1', date '2026-03-02', 'old'), ('u1', date '2026-03-04', 'new'), ('u1', date '2026-04-01', 'new'), ('u2', date '2026-03-02', 'old')) as v (user_id, day, tier);
        create table calls.targets as select * from (values (date '2026-03-01', 7), (date '2026-04-01', 5)) as v (month, calls);
        create table calls.purchases as select * from (values (1, 'a', date '2026-03-01'), (2, 'c', date '2026-03-01')) as v (id, line_id, month);
        create table calls.days as select day::date as day from generate_series(date '2026-02-27', date '2026-04-03', '1 day') as day;
        create table calls.nanoseconds as select timestamp '2026-03-02' as moment;
        grant usage on schema calls to platform_api;
        grant select on all tables in schema calls to platform_api;
        """;

    private const string Manifest = """
        {
          "semantic_models": [
            {"name": "calls", "node_relation": {"alias": "calls", "schema_name": "calls"}, "defaults": {"agg_time_dimension": "day"}, "primary_entity": "call",
             "entities": [{"name": "line", "type": "foreign", "expr": "line_id"}],
             "dimensions": [
               {"name": "day", "type": "time", "is_partition": true, "type_params": {"time_granularity": "day"}},
               {"name": "called_at", "type": "time", "type_params": {"time_granularity": "millisecond"}},
               {"name": "is_paid", "type": "categorical"}],
             "measures": [{"name": "calls", "agg": "count", "expr": "id"}]},
            {"name": "lines", "node_relation": {"alias": "lines", "schema_name": "calls"},
             "entities": [{"name": "line", "type": "primary", "expr": "line_id"}, {"name": "user", "type": "foreign", "expr": "user_id"}],
             "dimensions": [{"name": "country", "type": "categorical"}]},
            {"name": "users", "node_relation": {"alias": "users", "schema_name": "calls"},
             "entities": [{"name": "user", "type": "primary", "expr": "user_id"}],
             "dimensions": [{"name": "tier", "type": "categorical"}, {"name": "day", "type": "time", "is_partition": true, "type_params": {"time_granularity": "day"}}]},
            {"name": "targets", "node_relation": {"alias": "targets", "schema_name": "calls"}, "defaults": {"agg_time_dimension": "month"}, "primary_entity": "target",
             "dimensions": [{"name": "month", "type": "time", "type_params": {"time_granularity": "month"}}],
             "measures": [{"name": "target", "agg": "sum", "expr": "calls"}]},
            {"name": "purchases", "node_relation": {"alias": "purchases", "schema_name": "calls"}, "defaults": {"agg_time_dimension": "month"}, "primary_entity": "purchase",
             "entities": [{"name": "line", "type": "foreign", "expr": "line_id"}],
             "dimensions": [{"name": "month", "type": "time", "type_params": {"time_granularity": "month"}}],
             "measures": [{"name": "purchases", "agg": "count", "expr": "id"}]}
          ],
          "metrics": [
            {"name": "calls", "type": "simple", "type_params": {"measure": {"name": "calls"}}},
            {"name": "target", "type": "simple", "type_params": {"measure": {"name": "target"}}},
            {"name": "calls_each_day", "type": "simple", "type_params": {"measure": {"name": "calls", "join_to_timespine": true, "fill_nulls_with": 0}}},
            {"name": "calls_of_march", "type": "simple", "filter": "{{ TimeDimension('metric_time', 'day') }} <= '2026-03-04'",
             "type_params": {"measure": {"name": "calls", "join_to_timespine": true, "filter": "{{ TimeDimension('metric_time', 'day') }} >= '2026-03-02'"}}},
            {"name": "bought", "type": "conversion", "type_params": {"conversion_type_params": {"base_measure": {"name": "calls"}, "conversion_measure": {"name": "purchases"},
             "entity": "line", "calculation": "conversions", "window": "1 month"}}},
            {"name": "calls_so_far", "type": "cumulative", "type_params": {"measure": {"name": "calls"}}},
            {"name": "calls_of_first_day", "type": "derived", "type_params": {"expr": "calls", "metrics": [{"name": "calls", "offset_to_grain": "month"}]}}
          ],
          "project_configuration": {"time_spines": [
            {"node_relation": {"alias": "nanoseconds", "schema_name": "calls"}, "primary_column": {"name": "moment", "time_granularity": "nanosecond"}},
            {"node_relation": {"alias": "days", "schema_name": "calls"}, "primary_column": {"name": "day", "time_granularity": "day"}}]}
        }
        """;

    private TestDatabase? database;
    private ApiServer? server;

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.ExecuteAsync(database, Tables, cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken, Manifest, project: "calls", isDated: false);
        server = new ApiServer(SampleDatabase.ApiConnectionString(database));
    }

    /// <summary>As MetricFlow does it: from the first day to the last, where there are no calls, too.</summary>
    [Fact]
    public async Task TimeSpine_OfAProjectWithoutDataDates_IsListedWhole()
    {
        var days = await server!.RowsAsync("metrics=calls_each_day&group_by=metric_time__day");
        Assert.Equal(36, days.Length);
        Assert.Equal([["2026-02-27", "0"], ["2026-03-02", "2"], ["2026-04-03", "0"]], [days[0], days[3], days[^1]]);
        Assert.Equal([["2026-02-01", "0"], ["2026-03-01", "3"], ["2026-04-01", "1"]], await server.RowsAsync("metrics=calls_each_day&group_by=metric_time__month"));
        Assert.Equal(
            [["2026-03-31", "3"], ["2026-04-01", "4"], ["2026-04-02", "4"], ["2026-04-03", "4"]],
            await server.RowsAsync("metrics=calls_so_far&group_by=metric_time__day&start=2026-03-31"));
    }

    [Fact]
    public async Task Grain_BelowASecond_IsGroupedAndFiltered()
    {
        Assert.Equal(
            [["2026-03-02T10:00:00.125Z", "2"], ["2026-03-04T09:00:00.5Z", "1"], ["2026-04-01T00:00:00Z", "1"]],
            await server!.RowsAsync("metrics=calls&group_by=call__called_at__millisecond"));
        Assert.Equal([["1"]], await server.RowsAsync("metrics=calls&where=call__called_at__millisecond = '2026-03-04 09:00:00.5'"));
    }

    /// <summary>The month's number belongs to all days of the month.</summary>
    [Fact]
    public async Task Range_OfAFactByMonth_TakesTheMonthsThatItTouches()
    {
        Assert.Equal([["2026-03-01", "7"], ["2026-04-01", "5"]], await server!.RowsAsync("metrics=target&group_by=metric_time&start=2026-03-15&end=2026-04-15"));
        Assert.Equal([["2026-03-01", "7"]], await server.RowsAsync("metrics=target&group_by=metric_time&start=2026-03-15&end=2026-03-20"));
    }

    /// <summary>A user has a row a day: joined without the day, each call would count as often.</summary>
    [Fact]
    public async Task Partition_OfALaterJoin_IsThatOfTheFact()
    {
        Assert.Equal([["new", "2"], ["old", "2"]], await server!.RowsAsync("metrics=calls&group_by=line__user__tier"));
        Assert.Equal([["4"]], await server.RowsAsync("metrics=calls&where=user__tier in ('old', 'new')"));
    }

    [Fact]
    public async Task Date_WrittenAsItsFirstMoment_IsTheDate() => Assert.Equal(
        [["2026-03-02", "2"]],
        await server!.RowsAsync("metrics=calls&group_by=metric_time__day&where=metric_time__day >= '2026-03-02T00:00:00Z' and metric_time__day < '2026-03-03 00:00:00'"));

    [Fact]
    public async Task Filter_OnAColumnOfTheAnswer_HoldsForListedDaysToo()
    {
        Assert.Equal(
            [["2026-03-02", "true", "1"], ["2026-04-01", "true", "1"]],
            await server!.RowsAsync("metrics=calls_each_day&group_by=metric_time__day,call__is_paid&where=call__is_paid"));

        // On what is no column, only the rows are chosen.
        Assert.Equal(36, (await server.RowsAsync("metrics=calls_each_day&group_by=metric_time__day&where=call__is_paid")).Length);
        Assert.Equal(
            [["2026-03-01", null, "0"], ["2026-03-02", "true", "1"], ["2026-04-01", "true", "1"]],
            await server.RowsAsync("metrics=calls_each_day&group_by=metric_time__day,call__is_paid&where=call__is_paid or metric_time__day = '2026-03-01'"));
    }

    [Fact]
    public async Task Filter_OfADefinitionOrFinerThanTheAnswer_ChoosesTheListedDays()
    {
        Assert.Equal(
            [["2026-03-02", "2"], ["2026-03-03", null], ["2026-03-04", "1"]],
            await server!.RowsAsync("metrics=calls_of_march&group_by=metric_time__day"));
        Assert.Equal(
            [["2026-03-01", "1"], ["2026-04-01", "1"]],
            await server.RowsAsync("metrics=calls_each_day&group_by=metric_time__month&where=metric_time__day in ('2026-03-04', '2026-04-01')"));
        Assert.Equal([["2026-03-01", "0"]], await server.RowsAsync("metrics=calls_each_day&group_by=metric_time__month&where=metric_time__day = '2026-03-31'"));
    }

    /// <summary>Line a called three times and bought in March: after its last call then, but after its first when only that one is asked for.</summary>
    [Fact]
    public async Task Conversion_ByMonth_FollowsTheCallsOfTheMonthThatAreAskedFor()
    {
        Assert.Equal([["2026-03-04", "1"]], await server!.RowsAsync("metrics=bought&group_by=metric_time__day"));
        Assert.Equal([["2026-03-02", "1"]], await server.RowsAsync("metrics=bought&group_by=metric_time__day&end=2026-03-02"));
    }

    [Fact]
    public async Task OffsetToGrain_AtSeveralGrains_LooksFromTheStartOfEach()
    {
        // March began without a call; April began within the week of 30 March, and no week of it begins on a listed day.
        Assert.Equal(
            [["2026-04-01", "2026-03-30", "1"]],
            await server!.RowsAsync("metrics=calls_of_first_day&group_by=metric_time__month,metric_time__week"));
    }

    [Fact]
    public async Task MetricFilter_ByAnotherWayToTheEntity_IsMatchedByTheEntity()
    {
        Assert.Equal([["a"]], await server!.RowsAsync("group_by=line&where={{ Metric('calls', group_by=['call__line']) }} > 2"));
        Assert.Equal([["2026-03-02", "1"], ["2026-03-04", "1"], ["2026-04-01", "1"]], await server.RowsAsync(
            "metrics=calls&group_by=metric_time__day&where={{ Metric('calls', group_by=['call__line']) }} > 2"));
        Assert.Equal([["a", "3"], ["b", "1"]], await server.RowsAsync("metrics=calls&group_by=call__line"));
    }

    [Fact]
    public async Task Dimensions_WithMetricTime_AreListedAtEveryPeriod()
    {
        Assert.Equal(
            [["2026-03-01", "DE"], ["2026-03-01", "FR"], ["2026-03-02", "DE"], ["2026-03-02", "FR"]],
            await server!.RowsAsync("group_by=metric_time__day,line__country&start=2026-03-01&end=2026-03-02"));
        Assert.Equal(
            [["2026-02-01"], ["2026-03-01"], ["2026-04-01"]],
            await server.RowsAsync("group_by=metric_time__month&where=line__country = 'DE'"));
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }
}
