using Platform.Api.Tests.Sample.Flow;

namespace Platform.Api.Tests.Metrics;

/// <summary>The rest of MetricFlow's semantics against SQL written by hand: calendars, hours, conversions, partitions, metrics in filters, values.</summary>
public sealed class FlowQueryTests(FlowApi flow) : IClassFixture<FlowApi>
{

    public static TheoryData<string, string> Values => new()
    {
        // One model has all: the dimension's own table, also what no fact has.
        { "group_by=user__country", "select distinct country from analytics.dim_users order by 1 nulls last" },
        { "group_by=user__country,user__is_active", "select distinct country, is_active::text from analytics.dim_users order by 1 nulls last, 2" },
        { "group_by=company", "select company_id from analytics.dim_companies order by 1" },
        { "group_by=user__joined_on__month", "select distinct date_trunc('month', joined_on)::date from analytics.dim_users order by 1" },
        { "group_by=user__joined_on__fiscal_quarter", "select distinct 'FQ' || (extract(month from joined_on)::int + 1) / 3 from analytics.dim_users order by 1" },
        { "group_by=user__joined_on__extract_day&limit=3", "select distinct extract(day from joined_on)::int from analytics.dim_users order by 1 limit 3" },
        {
            "group_by=seat__kind,sale__theatre",
            """
            select distinct d.kind, s.theatre from analytics.fct_seats s full join analytics.dim_seats d
            on s.theatre || '-' || s.seat = d.theatre || '-' || d.seat order by 1 nulls last, 2 nulls last
            """
        },

        // Several models: rows of either side, as values of one may have no counterpart.
        {
            "group_by=company__company_name,user__country",
            """
            select distinct c.company_name, u.country from analytics.dim_users u full join analytics.dim_companies c using (company_id)
            order by 1 nulls last, 2 nulls last
            """
        },
        {
            "group_by=user__country&where=company__company_name in ('Acme', 'Core') and user__is_active",
            """
            select distinct u.country from analytics.dim_users u full join analytics.dim_companies c using (company_id)
            where c.company_name in ('Acme', 'Core') and u.is_active order by 1 nulls last
            """
        },
        {
            "group_by=user&where={{ Metric('buys', group_by=['user']) }} >= 4",
            """
            select user_id from analytics.dim_users where (select nullif(count(*), 0) from analytics.fct_buys b where b.user_id = dim_users.user_id) >= 4 order by 1
            """
        },
        {
            "group_by=metric_time__month&start=2026-01-15&end=2026-03-01",
            "select m from unnest('{2026-01-01,2026-02-01,2026-03-01}'::date[]) as m order by 1"
        },
        {
            "group_by=metric_time__fiscal_quarter,metric_time__month&start=2026-01-01&end=2026-04-30",
            "select distinct fiscal_quarter, date_trunc('month', ds)::date from analytics.time_days where ds >= '2026-01-01' order by 1, 2"
        },
    };

    public static TheoryData<string, string> Times => new()
    {
        // Calendars of the project.
        {
            "metrics=buys&group_by=metric_time__fiscal_quarter",
            "select d.fiscal_quarter, count(*) from analytics.fct_buys b join analytics.time_days d on d.ds = b.bought_on group by 1 order by 1"
        },
        {
            "metrics=visits,amount&grain=fiscal_year",
            """
            with v as (select d.fiscal_year y, count(*) n from analytics.fct_visits b join analytics.time_days d on d.ds = (b.visited_at at time zone 'UTC')::date group by 1),
                 a as (select d.fiscal_year y, sum(amount) n from analytics.fct_buys b join analytics.time_days d on d.ds = b.bought_on group by 1)
            select y, v.n, a.n from v full join a using (y) order by 1
            """
        },
        {
            "metrics=visits&group_by=TimeDimension('metric_time', 'decade'),metric_time__week&where={{ TimeDimension('metric_time', 'fiscal_quarter') }} = 'FQ0'",
            """
            select d.decade, date_trunc('week', b.visited_at)::date, count(*) from analytics.fct_visits b
            join analytics.time_days d on d.ds = (b.visited_at at time zone 'UTC')::date where d.fiscal_quarter = 'FQ0' group by 1, 2 order by 1, 2
            """
        },
        {
            "metrics=fiscal_visits,visits&group_by=user__joined_on__fiscal_year",
            """
            select u.fiscal_year, count(*) filter (where d.fiscal_quarter = 'FQ0'), count(*) from analytics.fct_visits b
            left join analytics.dim_users x using (user_id) left join analytics.time_days u on u.ds = x.joined_on
            join analytics.time_days d on d.ds = (b.visited_at at time zone 'UTC')::date group by 1 order by 1 nulls last
            """
        },
        {
            "metrics=amount_mtd&grain=decade",
            """
            select distinct on (1) d.decade, (select sum(amount) from analytics.fct_buys where bought_on between date_trunc('month', d.ds) and d.ds)
            from analytics.time_days d where d.ds between '2026-01-02' and '2026-02-20'
            and exists (select from analytics.fct_buys where bought_on between date_trunc('month', d.ds) and d.ds) order by 1, d.ds desc
            """
        },
        {
            "metrics=buys_fiscal_before&grain=day&start=2026-01-05&end=2026-01-31",
            """
            select bought_on + 10, count(*) from analytics.fct_buys where bought_on + 10 between '2026-01-05' and '2026-01-31' group by 1 order by 1
            """
        },
        {
            "metrics=buys_filled&grain=fiscal_year&start=2025-12-01",
            """
            select fiscal_year, count(buy_id) from analytics.time_days left join analytics.fct_buys on bought_on = ds
            where ds between '2025-12-01' and '2026-02-20' group by 1 order by 1
            """
        },
        {
            "metrics=buys_filled&group_by=metric_time__month,metric_time__week&start=2026-01-20&end=2026-02-15",
            """
            select date_trunc('month', ds)::date, date_trunc('week', ds)::date, count(buy_id) from analytics.time_days left join analytics.fct_buys on bought_on = ds
            where ds between '2026-01-20' and '2026-02-15' group by 1, 2 order by 1, 2
            """
        },

        // metric_time without a grain: the metric's own, or a day, also for times that are finer.
        { "metrics=visits&group_by=metric_time&end=2026-01-03", "select visited_at::date, count(*) from analytics.fct_visits where visited_at < '2026-01-04' group by 1 order by 1" },
        { "metrics=amount_monthly&group_by=metric_time", "select date_trunc('month', bought_on)::date, sum(amount) from analytics.fct_buys group by 1 order by 1" },

        // Hours.
        {
            "metrics=visitors_3h&grain=hour&start=2026-01-02&end=2026-01-02",
            $"""
            select {Hour("h")}, count(distinct user_id) from generate_series(timestamptz '2026-01-02', timestamptz '2026-01-02 23:00', '1 hour') h
            join analytics.fct_visits v on date_trunc('hour', visited_at) <= h and date_trunc('hour', visited_at) > h - interval '3 hours' group by 1 order by 1
            """
        },
        {
            "metrics=visitors_3h&grain=day&start=2026-01-02&end=2026-01-03",
            """
            select h::date, avg(n) from (
              select h, count(distinct user_id) n from generate_series(timestamptz '2026-01-02', timestamptz '2026-01-03 23:00', '1 hour') h
              join analytics.fct_visits v on date_trunc('hour', visited_at) <= h and date_trunc('hour', visited_at) > h - interval '3 hours' group by 1) x
            group by 1 order by 1
            """
        },
        {
            "metrics=visits,visits_24h_ago&grain=hour&start=2026-01-03&end=2026-01-03",
            $"""
            with t as (select date_trunc('hour', visited_at) h, count(*) n from analytics.fct_visits group by 1)
            select {Hour("coalesce(a.h, b.h + interval '24 hours')")}, a.n, b.n from t a full join t b on b.h = a.h - interval '24 hours'
            where coalesce(a.h, b.h + interval '24 hours') >= '2026-01-03' and coalesce(a.h, b.h + interval '24 hours') < '2026-01-04' order by 1
            """
        },
        {
            "metrics=visits_filled&grain=hour&start=2026-01-03&end=2026-01-03",
            $"""
            select {Hour("h")}, count(visit_id) from generate_series(timestamptz '2026-01-03', timestamptz '2026-01-03 23:00', '1 hour') h
            left join analytics.fct_visits on date_trunc('hour', visited_at) = h group by 1 order by 1
            """
        },
        {
            "metrics=visits&group_by=visit__visited_at__minute&where=metric_time__minute < '2026-01-01T06:00:00'",
            """select to_char(date_trunc('minute', visited_at), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), count(*) from analytics.fct_visits where visited_at < '2026-01-01T06:00Z' group by 1 order by 1"""
        },

        // Offsets: to the first day of a month, of an offset, of a cumulative metric, of a level.
        {
            "metrics=buys_month_start&grain=day&start=2026-02-03&end=2026-02-04",
            "select d::date, (select count(*) from analytics.fct_buys where bought_on = '2026-02-01') from generate_series(date '2026-02-03', date '2026-02-04', '1 day') d"
        },
        {
            "metrics=buys_month_start&grain=week&start=2026-02-02&end=2026-02-15",
            "select d::date, (select count(*) from analytics.fct_buys where bought_on = '2026-02-01') from unnest('{2026-02-02,2026-02-09}'::date[]) d order by 1"
        },
        {
            "metrics=change_of_change&grain=day&start=2026-01-20&end=2026-01-22",
            """
            with s as (select bought_on d, sum(amount) a from analytics.fct_buys group by 1)
            select x.d, (x.a - y.a) - (y.a - z.a) from s x join s y on y.d = x.d - 7 join s z on z.d = x.d - 14 where x.d between '2026-01-20' and '2026-01-22' order by 1
            """
        },
        {
            "metrics=trailing_growth&grain=day&start=2026-01-20&end=2026-01-22",
            """
            select d::date, (select sum(amount) from analytics.fct_buys where bought_on > d::date - 7 and bought_on <= d)
              - (select sum(amount) from analytics.fct_buys where bought_on > d::date - 14 and bought_on <= d::date - 7)
            from generate_series(date '2026-01-20', date '2026-01-22', '1 day') d order by 1
            """
        },
        {
            "metrics=minutes_week_ago&grain=day&start=2026-01-20&end=2026-01-22",
            "select ds + 7, sum(minutes) from analytics.fct_usage where ds between '2026-01-13' and '2026-01-15' group by 1 order by 1"
        },
        {
            "metrics=amount_mtd_share&grain=month&start=2026-01-01&end=2026-01-31",
            """
            select date '2026-01-01', (select sum(amount) from analytics.fct_buys where bought_on between '2026-01-01' and '2026-01-31')
              / (select sum(amount) from analytics.fct_buys where bought_on <= '2026-01-31')
            """
        },
        {
            "metrics=buyers_week&grain=month&start=2026-01-01&end=2026-01-31",
            """
            select date '2026-01-01', avg(n) from (select (select count(distinct user_id) from analytics.fct_buys where bought_on > d::date - 7 and bought_on <= d) n
              from generate_series(date '2026-01-02', date '2026-01-31', '1 day') d) x
            """
        },
        {
            "metrics=amount_7d_of_metric&grain=day&start=2026-01-10&end=2026-01-11",
            """
            select d::date, (select sum(amount) from analytics.fct_buys where bought_on > d::date - 7 and bought_on <= d and device = 'desk')
            from generate_series(date '2026-01-10', date '2026-01-11', '1 day') d order by 1
            """
        },
        {
            "metrics=filled_difference&grain=day&start=2026-02-04&end=2026-02-14",
            """
            select d::date, (select count(*) from analytics.fct_visits where visited_at::date = d) - (select count(*) from analytics.fct_buys where bought_on = d)
            from generate_series(timestamptz '2026-02-04', timestamptz '2026-02-14', '1 day') d order by 1
            """
        },
    };

    public static TheoryData<string, string> Joins => new()
    {
        // Three joins in a row, by the full way, by the last entity, and through entity_path.
        {
            "metrics=visits&group_by=user__company__sector__sector_name",
            """
            select s.sector_name, count(*) from analytics.fct_visits left join analytics.dim_users using (user_id) left join analytics.dim_companies using (company_id)
            left join analytics.dim_sectors s using (sector_id) group by 1 order by 1 nulls last
            """
        },
        {
            "metrics=visits&group_by=Dimension('company__company_name', entity_path=['user'])",
            """
            select company_name, count(*) from analytics.fct_visits left join analytics.dim_users using (user_id) left join analytics.dim_companies using (company_id)
            group by 1 order by 1 nulls last
            """
        },
        {
            "metrics=visits,buys&group_by=company",
            """
            with v as (select company_id c, count(*) n from analytics.fct_visits left join analytics.dim_users using (user_id) group by 1),
                 b as (select company_id c, count(*) n from analytics.fct_buys left join analytics.dim_users using (user_id) group by 1)
            select k.c, v.n, b.n from (select c from v union select c from b) k left join v on v.c is not distinct from k.c left join b on b.c is not distinct from k.c
            order by 1 nulls last
            """
        },

        // Partitions are joined like to like, keys of two columns by expression.
        {
            "metrics=usage_rows,minutes&group_by=subscriber__plan",
            "select p.plan, count(*), sum(u.minutes) from analytics.fct_usage u left join analytics.user_plans p using (user_id, ds) group by 1 order by 1 nulls last"
        },
        {
            "metrics=seats_sold,balconies,takings&group_by=seat__kind",
            """
            select d.kind, count(*), sum(case when is_balcony then 1 else 0 end), sum(price) from analytics.fct_seats s left join analytics.dim_seats d using (theatre, seat)
            group by 1 order by 1 nulls last
            """
        },
        { "metrics=seat_price,price_median&group_by=sale__theatre", "select theatre, avg(price), percentile_cont(0.5) within group (order by price) from analytics.fct_seats group by 1 order by 1" },

        // Aggregations.
        {
            "metrics=amount_p25,amount_p75,amount_avg&group_by=buy__device",
            """
            select device, percentile_cont(0.25) within group (order by amount)::numeric, percentile_disc(0.75) within group (order by amount), avg(amount)
            from analytics.fct_buys group by 1 order by 1
            """
        },

        // Levels: the last of each user, the first of all.
        {
            "metrics=minutes_last,minutes_first",
            """
            select (select sum(minutes) from analytics.fct_usage u where ds = (select max(ds) from analytics.fct_usage o where o.user_id = u.user_id)),
                   (select sum(minutes) from analytics.fct_usage where ds = '2026-01-01')
            """
        },
        {
            "metrics=minutes_last&group_by=metric_time__month,subscriber__plan&where=subscriber__plan is distinct from 'free'",
            """
            with u as (select u.*, p.plan from analytics.fct_usage u left join analytics.user_plans p using (user_id, ds) where p.plan is distinct from 'free')
            select date_trunc('month', ds)::date, plan, sum(minutes) from u
            where ds = (select max(ds) from u o where o.user_id = u.user_id and date_trunc('month', o.ds) = date_trunc('month', u.ds)) group by 1, 2 order by 1, 2 nulls last
            """
        },

        // Filters of definitions, on every level, lists of them, and with metrics in them.
        {
            "metrics=two_filters,phone_input,visits",
            """
            select count(*) filter (where referrer <> 'ad' and (device = 'phone' or country is null)), count(*) filter (where device = 'phone'), count(*)
            from analytics.fct_visits left join analytics.dim_users using (user_id)
            """
        },
        {
            "metrics=nested_filters,ad_share",
            """
            select count(*) filter (where country = 'DE' and referrer = 'ad' and device = 'desk')::numeric / nullif(count(*) filter (where country = 'DE'), 0),
                   count(*) filter (where device = 'desk' and referrer = 'ad')::numeric / count(*) filter (where device = 'desk')
            from analytics.fct_visits left join analytics.dim_users using (user_id)
            """
        },
        {
            "metrics=visits_of_buyers,visits&group_by=visit__device",
            """
            with n as (select user_id, count(*) n from analytics.fct_buys group by 1)
            select device, count(*) filter (where n >= 4), count(*) from analytics.fct_visits left join n using (user_id) group by 1 order by 1
            """
        },
        {
            "metrics=users&where={{ Metric('amount_per_visit', group_by=['user']) }} > 1.5 or {{ Metric('visits', group_by=['user']) }} is null",
            """
            with a as (select user_id, sum(amount) n from analytics.fct_buys group by 1), v as (select user_id, count(*) n from analytics.fct_visits group by 1)
            select count(user_id) from analytics.dim_users left join a using (user_id) left join v using (user_id) where a.n / v.n > 1.5 or v.n is null
            """
        },
        {
            "metrics=visits&group_by=visit__referrer&order_by=visit__referrer desc&limit=2",
            "select referrer, count(*) from analytics.fct_visits group by 1 order by 1 desc limit 2"
        },
        {
            "metrics=visits,ad_visits,visitors&group_by=user__country&limit=2",
            """
            select country, count(*), nullif(count(*) filter (where referrer = 'ad'), 0), count(distinct user_id) from analytics.fct_visits left join analytics.dim_users using (user_id)
            group by 1 order by 1 limit 2
            """
        },
        {
            "metrics=buys,visits&group_by=metric_time__day&limit=5",
            """
            with v as (select visited_at::date d, count(*) n from analytics.fct_visits group by 1), b as (select bought_on d, count(*) n from analytics.fct_buys group by 1)
            select d, b.n, v.n from v full join b using (d) order by 1 limit 5
            """
        },
    };

    public static TheoryData<string, string> Conversions => new()
    {
        // Each purchase counts for the user's latest visit before it or on its day (a purchase has no hour), with that visit's day and referrer.
        {
            "metrics=conversions_7d",
            """
            select count(*) from analytics.fct_buys b where exists (select from analytics.fct_visits v where v.user_id = b.user_id
              and v.visited_at::date <= b.bought_on and v.visited_at::date > b.bought_on - interval '7 days')
            """
        },
        {
            "metrics=conversions_any,conversions_7d&group_by=visit__referrer",
            """
            with m as (select b.buy_id, b.bought_on, v.* from analytics.fct_buys b cross join lateral (
                select * from analytics.fct_visits v where v.user_id = b.user_id and v.visited_at::date <= b.bought_on order by v.visited_at desc limit 1) v)
            select referrer, count(*), count(*) filter (where visited_at::date > bought_on - interval '7 days') from m group by 1 order by 1
            """
        },
        {
            "metrics=conversion_7d&group_by=metric_time__week",
            """
            with m as (select date_trunc('week', v.visited_at)::date w, count(*) n from analytics.fct_buys b cross join lateral (
                select * from analytics.fct_visits v where v.user_id = b.user_id and v.visited_at::date <= b.bought_on and v.visited_at::date > b.bought_on - interval '7 days'
                order by v.visited_at desc limit 1) v group by 1),
              a as (select date_trunc('week', visited_at)::date w, count(*) n from analytics.fct_visits group by 1)
            select w, m.n::numeric / a.n from a left join m using (w) order by 1
            """
        },
        {
            "metrics=conversion_same_device&group_by=visit__device",
            """
            with m as (select v.device, count(*) n from analytics.fct_buys b cross join lateral (
                select * from analytics.fct_visits v where v.user_id = b.user_id and v.device = b.device and v.visited_at::date <= b.bought_on
                and v.visited_at::date > b.bought_on - interval '7 days' order by v.visited_at desc limit 1) v group by 1),
              a as (select device, count(*) n from analytics.fct_visits group by 1)
            select device, m.n::numeric / a.n from a left join m using (device) order by 1
            """
        },
        {
            "metrics=converted_amount&group_by=user__country",
            """
            select country, sum(amount) from analytics.fct_buys b left join analytics.dim_users u using (user_id)
            where device = 'phone' and exists (select from analytics.fct_visits v where v.user_id = b.user_id and v.visited_at::date <= b.bought_on
              and v.visited_at::date > b.bought_on - interval '14 days') group by 1 order by 1 nulls last
            """
        },
        {
            "metrics=conversion_of_ads&where=visit__device = 'phone'&start=2026-01-05&end=2026-01-20",
            """
            with v as (select * from analytics.fct_visits where referrer = 'ad' and device = 'phone' and visited_at >= '2026-01-05' and visited_at < '2026-01-21')
            select (select count(*) from analytics.fct_buys b where exists (select from v where v.user_id = b.user_id and v.visited_at::date <= b.bought_on
              and v.visited_at::date > b.bought_on - interval '7 days'))::numeric / (select count(*) from v)
            """
        },
        {
            "metrics=conversion_filled&grain=day&start=2026-01-28&end=2026-02-10",
            """
            select d::date, (select count(*) from analytics.fct_buys b where (select max(v.visited_at) from analytics.fct_visits v where v.user_id = b.user_id
                and v.visited_at::date <= b.bought_on and v.visited_at::date > b.bought_on - interval '1 day')::date = d)::numeric
              / nullif((select count(*) from analytics.fct_visits where visited_at::date = d), 0)
            from generate_series(timestamptz '2026-01-28', timestamptz '2026-02-10', '1 day') d order by 1
            """
        },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public Task Query_WithoutMetrics_GivesTheValuesThatOccur(string query, string sql) => AgreesAsync(query, sql);

    [Theory]
    [MemberData(nameof(Times))]
    public Task Query_OfCalendarsHoursAndOffsets_GivesWhatHandWrittenSqlGives(string query, string sql) => AgreesAsync(query, sql);

    [Theory]
    [MemberData(nameof(Joins))]
    public Task Query_OfJoinsAndFilters_GivesWhatHandWrittenSqlGives(string query, string sql) => AgreesAsync(query, sql);

    [Theory]
    [MemberData(nameof(Conversions))]
    public Task Query_OfConversions_CountsForTheLatestBaseEvent(string query, string sql) => AgreesAsync(query, sql);

    private static string Hour(string sql) => $"""to_char(date_trunc('hour', {sql}), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""";

    private async Task AgreesAsync(string query, string sql)
    {
        var expected = await flow.SqlAsync(sql);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await flow.Server.RowsAsync(query));
    }
}
