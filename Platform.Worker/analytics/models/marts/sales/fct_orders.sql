{{
    config(
        materialized='incremental',
        incremental_strategy='microbatch',
        unique_key='order_id',
        event_time='_partition',
        batch_size='day',
        begin='2024-01-01',
        meta={'first_build': 'one_batch'},
        indexes=[{'columns': ['_partition']}, {'columns': ['order_id']}]
    )
}}

with orders as (

    select * from {{ ref('stg_sales__orders') }}

),

line_totals as (

    select
        order_id,
        _partition,
        sum(quantity) as units,
        sum(net_amount_eur) as net_amount_eur,
        sum(discount_amount_eur) as discount_amount_eur,
        sum(cost_amount_eur) as cost_amount_eur,
        sum(gross_profit_eur) as gross_profit_eur
    from {{ ref('fct_order_lines') }}
    group by order_id, _partition

)

select
    orders.order_id,
    orders.order_date,
    orders.ordered_at,
    orders.customer_id,
    orders.channel,
    orders.region,
    orders.currency,
    orders.fx_rate,
    orders.line_count,
    line_totals.units,
    orders.discount_amount,
    orders.net_amount,
    orders.tax_amount,
    orders.shipping_fee,
    orders.gross_amount,
    line_totals.net_amount_eur,
    line_totals.discount_amount_eur,
    {{ to_eur('orders.shipping_fee', 'orders.fx_rate') }} as shipping_fee_eur,
    line_totals.cost_amount_eur,
    line_totals.gross_profit_eur,
    orders._partition,
    orders._line
from orders
left join line_totals
    on orders.order_id = line_totals.order_id
    and orders._partition = line_totals._partition
