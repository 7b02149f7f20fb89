using Platform.Api.Tests.Sample.Flow;

namespace Platform.Api.Tests.Metrics;

/// <summary>The language of filters in requests: each expression against the SQL that it means.</summary>
public sealed class FilterLanguageTests(FlowApi flow) : IClassFixture<FlowApi>
{
    private const string Tables = "from analytics.fct_visits v left join analytics.dim_users u using (user_id)";

    [Theory]
    [InlineData("visit__referrer is distinct from 'ad'", "referrer is distinct from 'ad'")]
    [InlineData("user__country is not distinct from null", "country is null")]
    [InlineData("user__country is distinct from visit__referrer", "country is distinct from referrer")]
    [InlineData("user__is_active is true", "is_active is true")]
    [InlineData("user__is_active is not true", "is_active is not true")]
    [InlineData("user__is_active is unknown or not user__is_active", "is_active is null or not is_active")]
    [InlineData("(user__country = 'DE') is not false", "(country = 'DE') is not false")]
    [InlineData("visit % 7 = 3", "visit_id % 7 = 3")]
    [InlineData("visit * 2 + 1 >= 500 - visit / 2", "visit_id * 2 + 1 >= 500 - visit_id / 2")]
    [InlineData("-visit < -290", "-visit_id < -290")]
    [InlineData("visit - -5 > 290.5", "visit_id + 5 > 290.5")]
    [InlineData("visit / 2.0 = 50.5", "visit_id / 2.0 = 50.5")]
    [InlineData("(visit + 1) * (visit - 1) in (0, 3, 8.5)", "(visit_id + 1) * (visit_id - 1) in (0, 3)")]
    [InlineData("visit in (1, 2 + 3, null)", "visit_id in (1, 5)")]
    [InlineData("visit not in (user, 5)", "visit_id not in (user_id, 5)")]
    [InlineData("visit between user and user * 10", "visit_id between user_id and user_id * 10")]
    [InlineData("visit not between 5 and 290", "visit_id not between 5 and 290")]
    [InlineData("case when visit < 10 then 'few' when visit < 20 then user__country else null end = 'few'", "visit_id < 10 or (visit_id < 20 and country = 'few')")]
    [InlineData("case visit__device when 'phone' then 1 else 0 end = 1", "device = 'phone'")]
    [InlineData("case when user__is_active then visit > 100 else visit > 200 end", "case when is_active then visit_id > 100 else visit_id > 200 end")]
    [InlineData("cast(visit as text) like '2%'", "visit_id::text like '2%'")]
    [InlineData("visit::text || '-' || user__country = '40-IT'", "visit_id || '-' || country = '40-IT'")]
    [InlineData("cast('7' as integer) = visit", "visit_id = 7")]
    [InlineData("metric_time__day = cast('2026-01-07' as date)", "visited_at::date = '2026-01-07'")]
    [InlineData("lower(upper(visit__referrer)) = 'mail' and length(user__country) = 2", "referrer = 'mail' and country is not null")]
    [InlineData("coalesce(user__country, 'none') = 'none'", "country is null")]
    [InlineData("nullif(user__country, 'DE') is null", "country is null or country = 'DE'")]
    [InlineData("greatest(visit, user, 20) = 20", "greatest(visit_id, user_id, 20) = 20")]
    [InlineData("substring(visit__referrer, 2, 3) = 'ear'", "referrer = 'search'")]
    [InlineData("left(visit__referrer, 1) = 'a' or right(visit__referrer, 1) = 'l'", "referrer in ('ad', 'mail')")]
    [InlineData("replace(visit__referrer, 'ai', '') = 'ml'", "referrer = 'mail'")]
    [InlineData("strpos(visit__referrer, 'arc') > 0 or starts_with(visit__referrer, 'ad')", "referrer in ('search', 'ad')")]
    [InlineData("concat(visit__device, ':', visit) = 'desk:7'", "visit_id = 7")]
    [InlineData("trim(' ad ') = visit__referrer", "referrer = 'ad'")]
    [InlineData("round(visit / 7.0, 1) = 10.0 and abs(visit - 70) < 5", "round(visit_id / 7.0, 1) = 10.0 and abs(visit_id - 70) < 5")]
    [InlineData("floor(sqrt(visit)) = 4 or power(visit, 2) = 81 or mod(visit, 100) = 99", "floor(sqrt(visit_id)) = 4 or visit_id = 9 or visit_id % 100 = 99")]
    [InlineData("date_trunc('week', visit__visited_at) = '2026-01-12'", "date_trunc('week', visited_at) = '2026-01-12'")]
    [InlineData("extract(dow from metric_time__day) = 7", "extract(isodow from visited_at) = 7")]
    [InlineData("date_part('month', visit__visited_at) = 2", "extract(month from visited_at) = 2")]
    [InlineData("metric_time__day - user__joined_on > 40", "visited_at::date - joined_on > 40")]
    [InlineData("metric_time__day >= user__joined_on + 30", "visited_at::date >= joined_on + 30")]
    [InlineData("metric_time__day < user__joined_on + interval '1 month 3 days'", "visited_at::date < joined_on + interval '1 month 3 days'")]
    [InlineData("visit__visited_at - interval '90 minutes' < '2026-01-02T00:00:00Z'", "visited_at - interval '90 minutes' < '2026-01-02T00:00Z'")]
    [InlineData("{{ Dimension('metric_time').grain('month') }} = '2026-02-01'", "date_trunc('month', visited_at) = '2026-02-01'")]
    [InlineData("{{ TimeDimension('metric_time', 'month') }} > '2026-01-10'", "date_trunc('month', visited_at) > '2026-01-10'")]
    [InlineData("metric_time__month <= '2026-01-31' and metric_time__week >= '2026-01-06' and metric_time__quarter < '2026-05-01'", "date_trunc('month', visited_at) <= '2026-01-31' and date_trunc('week', visited_at) >= '2026-01-06'")]
    [InlineData("metric_time__week = '2026-01-06'", "false")]
    [InlineData("{{ Dimension('metric_time').date_part('day') }} = 5", "extract(day from visited_at) = 5")]
    [InlineData("{{ TimeDimension('metric_time', date_part_name='doy') }} = 36", "extract(doy from visited_at) = 36")]
    [InlineData("{{ Dimension('user__joined_on').grain('decade') }} < 1", "joined_on < '2025-12-11'")]
    [InlineData("{{ Entity('user') }} = 5", "user_id = 5")]
    [InlineData("{{ Entity('company', entity_path=['user']) }} = 2", "company_id = 2")]
    [InlineData("{{ Metric('amount', ['user']) }} between 20 and 60.5", "(select sum(amount) from analytics.fct_buys b where b.user_id = v.user_id) between 20 and 60.5")]
    [InlineData("{{ Metric('visits_of_buyers', group_by=['user__country']) }} is null", "(select country is null or not exists (select from analytics.dim_users x join analytics.fct_visits y using (user_id) where x.country = u.country and (select count(*) from analytics.fct_buys b where b.user_id = y.user_id) >= 4))")]
    [InlineData("true and not false", "true")]
    public async Task Filter_OfEveryKind_MeansItsSql(string filter, string sql)
    {
        var expected = await flow.SqlAsync($"select count(*) {Tables} where {sql}");
        Assert.Equal(expected, await flow.Server.RowsAsync($"metrics=visits&where={Uri.EscapeDataString(filter)}"));
    }

    [Theory]
    [InlineData("sleep(5) = 1", 1, "no function here")]
    [InlineData("pg_sleep(5) is null", 1, "no function here")]
    [InlineData("lower(visit) = 'a'", 7, "Argument 1 of lower(...) is of type integer")]
    [InlineData("lower() = 'a'", 1, "takes 1 arguments or more")]
    [InlineData("nullif(visit, 1, 2) = 2", 19, "more than 2 arguments")]
    [InlineData("visit__referrer + 1 = 2", 1, "arithmetic takes numbers")]
    [InlineData("visit + interval '1 day' = 3", 9, "added to a time")]
    [InlineData("metric_time__day + interval '1 fortnight' = '2026-01-01'", 20, "no interval")]
    [InlineData("cast(visit as regclass) = 1", 15, "no type here")]
    [InlineData("cast(user__is_active as date) = '2026-01-01'", 1, "cannot become")]
    [InlineData("case when visit = 1 then 'a' else 2 end = 'a'", 1, "several types")]
    [InlineData("case when visit = 1 then visit else visit__device end = 'a'", 1, "several types")]
    [InlineData("case 1 end", 8, "expected 'when'")]
    [InlineData("date_trunc('fortnight', metric_time__day) = '2026-01-01'", 12, "no grain")]
    [InlineData("extract(epoch from metric_time__day) = 1", 9, "no date part")]
    [InlineData("date_trunc('month', visit__referrer) = '2026-01-01'", 1, "takes a time")]
    [InlineData("visit + 1", 1, "a condition compares it")]
    [InlineData("{{ Metric('visit', group_by=['user']) }} > 1", 4, "'visit' is no metric")]
    [InlineData("{{ Metric('visits', group_by=['seat']) }} > 1", 4, "'seat'")]
    [InlineData("{{ Metric('amount_7d', group_by=['user']) }} > 1", 4, "is cumulative")]
    [InlineData("{{ TimeDimension('metric_time', 'fiscal_week') }} = 1", 4, "no grain")]
    [InlineData("visit is distinct 5", 10, "expected 'null'")]
    public async Task Filter_ThatMakesNoSense_IsRefusedAtItsPlace(string filter, int position, string message)
    {
        var (status, problem) = await flow.Server.GetAsync($"/api/v1/query?metrics=visits&where={Uri.EscapeDataString(filter)}");
        Assert.Equal(400, status);
        var error = problem.GetProperty("errors").EnumerateArray().First();
        Assert.Equal("where", error.GetProperty("parameter").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(position, error.GetProperty("position").GetInt32());
    }

    [Theory]
    [InlineData("visit / (user - 5) > 1")]
    [InlineData("cast(visit__device as integer) = 1")]
    [InlineData("power(visit + 10, 200000) > 1")]
    public async Task Filter_ThatFailsOnARow_IsTheRequestsFault(string filter)
    {
        var (status, problem) = await flow.Server.GetAsync($"/api/v1/query?metrics=visits&where={Uri.EscapeDataString(filter)}");
        Assert.True(status is 422, $"{status} {problem}");
    }
}
