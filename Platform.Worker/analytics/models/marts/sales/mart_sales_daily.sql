{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('order_date')],
        indexes=[{'columns': ['order_date']}]
    )
}}

with lines as (

    select
        order_date,
        region,
        channel,
        count(distinct order_id) as order_count,
        count(distinct customer_id) as customer_count,
        sum(quantity) as units_sold,
        sum(discount_amount_eur) as discount_eur,
        sum(net_amount_eur) as revenue_eur,
        sum(cost_amount_eur) as cost_eur,
        sum(gross_profit_eur) as gross_profit_eur
    from {{ ref('fct_order_lines') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by order_date, region, channel

)

select
    order_date,
    region,
    channel,
    order_count,
    customer_count,
    units_sold,
    discount_eur,
    revenue_eur,
    cost_eur,
    gross_profit_eur,
    {{ common.ratio('gross_profit_eur', 'revenue_eur') }} as gross_margin,
    {{ common.ratio('revenue_eur', 'order_count') }} as average_order_value_eur
from lines
