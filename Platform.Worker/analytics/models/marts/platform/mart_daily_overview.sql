{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('overview_date')],
        indexes=[{'columns': ['overview_date']}]
    )
}}

-- One line a day over all domains: each number comes aggregated from its own mart or fact and belongs to that day's partitions only.
with days as (

    select distinct partition_date as overview_date
    from {{ ref('fct_partition_loads') }}
    {% if is_incremental() %}
    where {{ in_build_window('partition_date') }}
    {% endif %}

),

sold as (

    select
        order_date as overview_date,
        count(*) as order_count,
        sum(units) as units_sold,
        sum(net_amount_eur) as revenue_eur,
        sum(gross_profit_eur) as gross_profit_eur
    from {{ ref('fct_orders') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by order_date

),

refunded as (

    select return_date as overview_date, sum(refund_net_eur) as refund_eur
    from {{ ref('fct_returns') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by return_date

),

moved as (

    select
        _partition as overview_date,
        count(*) filter (where status = 'shipped') as shipments_dispatched,
        count(*) filter (where status = 'delivered') as shipments_delivered,
        count(*) filter (where status = 'delivered' and delivered_date <= promised_date) as shipments_on_time
    from {{ ref('stg_operations__shipments') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by _partition

),

supported as (

    select
        ticket_date as overview_date,
        sum(tickets_opened) as tickets_opened,
        sum(tickets_resolved) as tickets_resolved
    from {{ ref('mart_support_daily') }}
    {% if is_incremental() %}
    where {{ in_build_window('ticket_date') }}
    {% endif %}
    group by ticket_date

),

collected as (

    select payment_date as overview_date, sum(amount_eur) as cash_collected_eur
    from {{ ref('fct_payments') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by payment_date

)

select
    days.overview_date,
    coalesce(sold.order_count, 0) as order_count,
    coalesce(sold.units_sold, 0) as units_sold,
    coalesce(sold.revenue_eur, 0) as revenue_eur,
    coalesce(sold.gross_profit_eur, 0) as gross_profit_eur,
    coalesce(refunded.refund_eur, 0) as refund_eur,
    coalesce(moved.shipments_dispatched, 0) as shipments_dispatched,
    coalesce(moved.shipments_delivered, 0) as shipments_delivered,
    coalesce(moved.shipments_on_time, 0) as shipments_on_time,
    coalesce(supported.tickets_opened, 0) as tickets_opened,
    coalesce(supported.tickets_resolved, 0) as tickets_resolved,
    coalesce(collected.cash_collected_eur, 0) as cash_collected_eur,
    coalesce(pnl.operating_expenses, 0) as operating_expenses_eur,
    coalesce(pnl.ebitda, 0) as ebitda_eur
from days
left join sold on days.overview_date = sold.overview_date
left join refunded on days.overview_date = refunded.overview_date
left join moved on days.overview_date = moved.overview_date
left join supported on days.overview_date = supported.overview_date
left join collected on days.overview_date = collected.overview_date
left join {{ ref('mart_daily_pnl') }} as pnl on days.overview_date = pnl.pnl_date
