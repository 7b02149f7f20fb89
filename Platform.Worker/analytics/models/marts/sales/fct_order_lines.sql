{{
    config(
        materialized='incremental',
        incremental_strategy='microbatch',
        unique_key='order_line_id',
        event_time='_partition',
        batch_size='day',
        begin='2024-01-01',
        meta={'first_build': 'one_batch'},
        indexes=[{'columns': ['_partition']}, {'columns': ['order_line_id']}, {'columns': ['order_id', 'line_number']}]
    )
}}

-- An order and its lines are in the same partition, so a partition's rows depend on nothing else.
with orders as (

    select * from {{ ref('stg_sales__orders') }}

),

lines as (

    select * from {{ ref('stg_sales__order_lines') }}

)

select
    lines.order_id || '-' || lines.line_number as order_line_id,
    lines.order_id,
    lines.line_number,
    lines.order_date,
    orders.customer_id,
    lines.product_id,
    orders.channel,
    orders.region,
    orders.currency,
    orders.fx_rate,
    lines.quantity,
    lines.unit_price,
    lines.discount_amount,
    lines.net_amount,
    lines.tax_rate,
    lines.tax_amount,
    {{ to_eur('lines.discount_amount', 'orders.fx_rate') }} as discount_amount_eur,
    lines.net_amount_eur,
    lines.unit_cost,
    lines.quantity * lines.unit_cost as cost_amount_eur,
    lines.net_amount_eur - lines.quantity * lines.unit_cost as gross_profit_eur,
    lines._partition,
    lines._line
from lines
left join orders
    on lines.order_id = orders.order_id
    and lines._partition = orders._partition
