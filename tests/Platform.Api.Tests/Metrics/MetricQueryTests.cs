using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics;

/// <summary>Every kind of metric and grouping against SQL written by hand.</summary>
public sealed class MetricQueryTests(SampleApi sample) : IClassFixture<SampleApi>
{
    public static TheoryData<string, string> Queries => new()
    {
        // Simple metrics, one for each aggregation.
        {
            "metrics=revenue,units_sold,cogs,largest_line,smallest_line,median_line,p90_line,first_sale",
            """
            select sum(net_amount_eur), sum(quantity), sum(quantity * unit_cost), max(net_amount_eur), min(net_amount_eur),
                   percentile_cont(0.5) within group (order by net_amount_eur)::numeric, percentile_disc(0.9) within group (order by net_amount_eur),
                   min(order_date)
            from analytics.fct_order_lines
            """
        },
        {
            "metrics=order_count,buyers,first_orders",
            "select count(*), count(distinct customer_id), count(*) filter (where is_first) from analytics.fct_orders"
        },
        {
            "metrics=tickets_opened,average_resolution_hours&group_by=ticket__priority",
            "select priority, count(*), avg(resolution_hours) from analytics.fct_tickets group by 1 order by 1"
        },

        // Grains and parts of time; timestamps are cut in UTC.
        {
            "metrics=revenue&group_by=metric_time__month",
            "select date_trunc('month', order_date)::date, sum(net_amount_eur) from analytics.fct_order_lines group by 1 order by 1"
        },
        {
            "metrics=order_count&grain=week",
            "select date_trunc('week', ordered_at at time zone 'UTC')::date, count(*) from analytics.fct_orders group by 1 order by 1"
        },
        {
            "metrics=order_count&group_by=metric_time__extract_dow",
            "select extract(isodow from ordered_at at time zone 'UTC')::int, count(*) from analytics.fct_orders group by 1 order by 1"
        },
        {
            "metrics=tickets_opened&group_by=metric_time__hour",
            """
            select to_char(date_trunc('hour', opened_at at time zone 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), count(*) from analytics.fct_tickets group by 1 order by 1
            """
        },
        {
            "metrics=order_count&group_by=metric_time&grain=quarter",
            "select date_trunc('quarter', ordered_at at time zone 'UTC')::date, count(*) from analytics.fct_orders group by 1 order by 1"
        },
        {
            "metrics=revenue&grain=day&start=2026-01-05&end=2026-01-20",
            "select order_date, sum(net_amount_eur) from analytics.fct_order_lines where order_date between '2026-01-05' and '2026-01-20' group by 1 order by 1"
        },
        {
            "metrics=order_count&start=2026-01&end=2026-01",
            "select count(*) from analytics.fct_orders where ordered_at >= '2026-01-01T00:00Z' and ordered_at < '2026-02-01T00:00Z'"
        },

        // Joins: one hop, two hops by short and by full name, entities, expressions, keys without a match.
        {
            "metrics=revenue&group_by=product__category,order_line__line_size",
            """
            select p.category, case when l.quantity >= 3 then 'large' else 'small' end, sum(l.net_amount_eur)
            from analytics.fct_order_lines l left join analytics.dim_product p using (product_id) group by 1, 2 order by 1, 2
            """
        },
        {
            "metrics=revenue&group_by=customer__region",
            """
            select c.region, sum(l.net_amount_eur) from analytics.fct_order_lines l left join analytics.fct_orders o using (order_id)
            left join analytics.dim_customer c using (customer_id) group by 1 order by 1 nulls last
            """
        },
        {
            "metrics=revenue,units_sold&group_by=order__customer__segment,order__channel",
            """
            select c.segment, o.channel, sum(l.net_amount_eur), sum(l.quantity) from analytics.fct_order_lines l left join analytics.fct_orders o using (order_id)
            left join analytics.dim_customer c using (customer_id) group by 1, 2 order by 1 nulls last, 2
            """
        },
        {
            "metrics=revenue&group_by=customer",
            """
            select o.customer_id, sum(l.net_amount_eur) from analytics.fct_order_lines l left join analytics.fct_orders o using (order_id)
            group by 1 order by 1
            """
        },
        {
            "metrics=order_count&group_by=customer__created_date__month",
            """
            select date_trunc('month', c.created_date)::date, count(*) from analytics.fct_orders o left join analytics.dim_customer c using (customer_id)
            group by 1 order by 1 nulls last
            """
        },
        {
            "metrics=order_count&group_by=customer__tier",
            """
            select h.tier, count(*) from analytics.fct_orders o left join analytics.dim_customer_history h
            on h.customer_id = o.customer_id and o.ordered_at >= h.valid_from and (o.ordered_at < h.valid_to or h.valid_to is null) group by 1 order by 1 nulls last
            """
        },

        // Several facts on shared dimensions; null keys meet.
        {
            "metrics=revenue,order_count,tickets_opened&group_by=metric_time__month,customer__region",
            """
            with r as (select date_trunc('month', order_date)::date m, c.region, sum(net_amount_eur) v from analytics.fct_order_lines
                         left join analytics.fct_orders o using (order_id) left join analytics.dim_customer c using (customer_id) group by 1, 2),
                 n as (select date_trunc('month', ordered_at at time zone 'UTC')::date m, c.region, count(*) v from analytics.fct_orders
                         left join analytics.dim_customer c using (customer_id) group by 1, 2),
                 t as (select date_trunc('month', opened_at at time zone 'UTC')::date m, c.region, count(*) v from analytics.fct_tickets
                         left join analytics.dim_customer c using (customer_id) group by 1, 2),
                 k as (select m, region from r union select m, region from n union select m, region from t)
            select k.m, k.region, r.v, n.v, t.v from k
            left join r on r.m = k.m and r.region is not distinct from k.region
            left join n on n.m = k.m and n.region is not distinct from k.region
            left join t on t.m = k.m and t.region is not distinct from k.region order by 1, 2 nulls last
            """
        },

        // Ratio and derived metrics: decimal division, null for 0.
        {
            "metrics=gross_profit,gross_margin&group_by=metric_time__month",
            """
            select date_trunc('month', order_date)::date, sum(net_amount_eur) - sum(quantity * unit_cost),
                   (sum(net_amount_eur) - sum(quantity * unit_cost)) / sum(net_amount_eur) from analytics.fct_order_lines group by 1 order by 1
            """
        },
        {
            "metrics=average_order_value,units_per_order",
            """
            select (select sum(net_amount_eur) from analytics.fct_order_lines) / (select count(*) from analytics.fct_orders),
                   (select sum(quantity) from analytics.fct_order_lines)::numeric / (select count(*) from analytics.fct_orders)
            """
        },
        {
            "metrics=repeat_share&group_by=order__channel",
            "select channel, count(*) filter (where not is_first)::numeric / count(*) from analytics.fct_orders group by 1 order by 1"
        },
        {
            "metrics=net_revenue&group_by=order__channel",
            """
            select channel, r - coalesce(x, 0) from (
              select o.channel, sum(net_amount_eur) r from analytics.fct_order_lines join analytics.fct_orders o using (order_id) group by 1) a
            left join (select o.channel, sum(refund_net_eur) x from analytics.fct_returns join analytics.fct_orders o using (order_id) group by 1) b using (channel) order by 1
            """
        },

        // Filters of the definition and of the request.
        {
            "metrics=web_revenue,revenue&group_by=product__category",
            """
            select p.category, sum(net_amount_eur) filter (where o.channel = 'web'), sum(net_amount_eur) from analytics.fct_order_lines
            join analytics.fct_orders o using (order_id) join analytics.dim_product p using (product_id) group by 1 order by 1
            """
        },
        {
            "metrics=web_share",
            """
            select sum(net_amount_eur) filter (where o.channel in ('web', 'marketplace')) / sum(net_amount_eur)
            from analytics.fct_order_lines join analytics.fct_orders o using (order_id)
            """
        },
        {
            "metrics=revenue&where=customer__region in ('DACH','Benelux') and not (order__channel = 'web' or product__category like 'G%25')",
            """
            select sum(net_amount_eur) from analytics.fct_order_lines join analytics.fct_orders o using (order_id) left join analytics.dim_customer c using (customer_id)
            join analytics.dim_product p using (product_id) where c.region in ('DACH', 'Benelux') and not (o.channel = 'web' or p.category like 'G%')
            """
        },
        {
            "metrics=order_count&where=customer__region is null&where=order__is_first",
            """
            select count(*) from analytics.fct_orders o left join analytics.dim_customer c using (customer_id) where c.region is null and o.is_first
            """
        },
        {
            "metrics=order_count&where={{ TimeDimension('metric_time', 'month') }} >= '2026-01-01' and {{ Dimension('customer__segment') }} ilike 'ENTER%25'",
            """
            select count(*) from analytics.fct_orders o left join analytics.dim_customer c using (customer_id)
            where ordered_at >= '2026-01-01T00:00Z' and c.segment = 'enterprise'
            """
        },
        {
            "metrics=order_count&where=order__ordered_at between '2026-01-03T06:00:00Z' and '2026-01-09 18:30'",
            "select count(*) from analytics.fct_orders where ordered_at between '2026-01-03T06:00:00Z' and '2026-01-09T18:30:00Z'"
        },
        {
            "metrics=order_count&where=metric_time__extract_dow in (6, 7)",
            "select count(*) from analytics.fct_orders where extract(isodow from ordered_at at time zone 'UTC') in (6, 7)"
        },
        {
            "metrics=revenue&where=customer__region = 'O''Brien \"Ltd\", 50%25'",
            """
            select sum(net_amount_eur) from analytics.fct_order_lines join analytics.fct_orders using (order_id) join analytics.dim_customer c using (customer_id)
            where c.region like 'O''Brien%'
            """
        },

        // Order and limit.
        {
            "metrics=revenue&group_by=product&order_by=-revenue&limit=3",
            "select product_id, sum(net_amount_eur) from analytics.fct_order_lines group by 1 order by 2 desc limit 3"
        },

        // Levels: those of the period's last (or first) counted day.
        {
            "metrics=stock_on_hand&group_by=metric_time__month",
            """
            select date_trunc('month', day)::date, sum(on_hand) from analytics.fct_stock s
            where day = (select max(day) from analytics.fct_stock o where date_trunc('month', o.day) = date_trunc('month', s.day)) group by 1 order by 1
            """
        },
        {
            "metrics=stock_on_hand&group_by=product__category&end=2026-01-10",
            """
            select p.category, sum(on_hand) from analytics.fct_stock join analytics.dim_product p using (product_id)
            where day = '2026-01-10' group by 1 order by 1
            """
        },
        {
            "metrics=stock_at_start",
            """
            select sum(on_hand) from (select distinct on (product_id) on_hand from analytics.fct_stock order by product_id, day) s
            """
        },

        // Cumulative: trailing window, month to date, all; by day and by coarser grains.
        {
            "metrics=revenue_7d&grain=day&start=2026-01-02&end=2026-01-12",
            """
            select d::date, (select sum(net_amount_eur) from analytics.fct_order_lines where order_date > d::date - 7 and order_date <= d::date)
            from generate_series(date '2026-01-02', date '2026-01-12', '1 day') d order by 1
            """
        },
        {
            "metrics=revenue_mtd&grain=week&start=2026-01-05",
            """
            select distinct on (1) date_trunc('week', d)::date, (select sum(net_amount_eur) from analytics.fct_order_lines
              where order_date >= date_trunc('month', d) and order_date <= d::date)
            from generate_series(date '2026-01-05', date '2026-02-20', '1 day') d
            where exists (select from analytics.fct_order_lines where order_date >= date_trunc('month', d) and order_date <= d::date)
            order by 1, d desc
            """
        },
        {
            "metrics=revenue_to_date&grain=month",
            """
            select date_trunc('month', d)::date, (select sum(net_amount_eur) from analytics.fct_order_lines where order_date <= d::date)
            from unnest('{2025-11-30,2025-12-31,2026-01-31,2026-02-20}'::date[]) d order by 1
            """
        },
        {
            "metrics=revenue_to_date&end=2026-01-31&start=2026-01-01",
            "select sum(net_amount_eur) from analytics.fct_order_lines where order_date <= '2026-01-31'"
        },
        {
            "metrics=revenue_average_28d&grain=month&start=2026-01-01&end=2026-01-31",
            """
            select date '2026-01-01', avg(v) from (
              select (select sum(net_amount_eur) from analytics.fct_order_lines where order_date > d::date - 28 and order_date <= d::date) v
              from generate_series(date '2026-01-01', date '2026-01-31', '1 day') d) x
            """
        },
        {
            "metrics=buyers_28d&grain=month&group_by=order__channel",
            """
            select m, c, (select count(distinct customer_id) from analytics.fct_orders
              where channel = c and ordered_at >= d - 27 and ordered_at < d + 1)
            from (values (date '2025-11-01', date '2025-11-30'), (date '2025-12-01', date '2025-12-31'), (date '2026-01-01', date '2026-01-31'),
              (date '2026-02-01', date '2026-02-20')) as p (m, d), unnest('{marketplace,store,web}'::text[]) c order by 1, 2
            """
        },
        {
            "metrics=revenue_7d&group_by=metric_time__day,product__category&where=metric_time__day = '2026-01-09' and product__category = 'Tools'",
            """
            select date '2026-01-09', 'Tools', sum(net_amount_eur) from analytics.fct_order_lines join analytics.dim_product p using (product_id)
            where order_date between '2026-01-03' and '2026-01-09' and p.category = 'Tools'
            """
        },

        // Offsets: each fact counts once, in the period that its moved day falls in; nothing after the newest data date.
        {
            "metrics=revenue,revenue_last_month&grain=month",
            """
            with r as (select date_trunc('month', order_date)::date m, sum(net_amount_eur) v from analytics.fct_order_lines group by 1)
            select a.m, a.v, b.v from r a left join r b on b.m = a.m - interval '1 month' order by 1
            """
        },
        {
            "metrics=revenue_growth&grain=month&start=2026-01-01&end=2026-01-31",
            """
            select date '2026-01-01', (a - b) / b from
              (select sum(net_amount_eur) a from analytics.fct_order_lines where order_date between '2026-01-01' and '2026-01-31') x,
              (select sum(net_amount_eur) b from analytics.fct_order_lines where order_date between '2025-12-01' and '2025-12-31') y
            """
        },
        {
            "metrics=revenue_last_month&grain=day&start=2026-01-28&end=2026-01-31",
            """
            select d::date, (select sum(net_amount_eur) from analytics.fct_order_lines where order_date = (d - interval '1 month')::date)
            from generate_series(date '2026-01-28', date '2026-01-31', '1 day') d
            where exists (select from analytics.fct_order_lines where order_date = (d - interval '1 month')::date) order by 1
            """
        },
        {
            "metrics=revenue_week_ago&grain=week&end=2026-01-31",
            """
            select date_trunc('week', order_date + 7)::date, sum(net_amount_eur) from analytics.fct_order_lines where order_date + 7 <= '2026-01-31' group by 1 order by 1
            """
        },
        {
            "metrics=revenue_month_start&grain=day&start=2026-01-05&end=2026-01-08",
            """
            select d::date, (select sum(net_amount_eur) from analytics.fct_order_lines where order_date = '2026-01-01')
            from generate_series(date '2026-01-05', date '2026-01-08', '1 day') d order by 1
            """
        },

        // Every period, also without facts.
        {
            "metrics=tickets_filled&grain=day&start=2026-01-01&end=2026-01-31",
            """
            select d::date, (select count(*) from analytics.fct_tickets where opened_at >= d and opened_at < d + interval '1 day')
            from generate_series(timestamptz '2026-01-01T00:00Z', timestamptz '2026-01-31T00:00Z', '1 day') d order by 1
            """
        },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_OfEveryKind_GivesWhatHandWrittenSqlGives(string query, string sql)
    {
        var expected = await sample.SqlAsync(sql);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await sample.Server.RowsAsync(query));
    }
}
