{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('_partition', lookahead_days=var('order_lifetime_days'))],
        indexes=[{'columns': ['_partition']}, {'columns': ['order_date']}, {'columns': ['return_id']}, {'columns': ['order_id']}]
    )
}}

{%- set lifetime = var('order_lifetime_days') %}

-- A return takes its customer, channel and region from its order, which may be as old as an order's lifetime: so the returns of the days
-- after a changed day are built again with it. Where the order's day is not loaded they stay null.
with returned as (

    select * from {{ ref('stg_sales__returns') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition', lookahead_days=lifetime) }}
    {% endif %}

),

orders as (

    {% if is_incremental() %}
    -- Each looked up by its index (offset 0): a join would read all orders.
    select orders.order_id, orders.order_date, orders.customer_id, orders.channel, orders.region
    from (select distinct order_id from returned) as of_returned
    cross join lateral (
        select * from {{ ref('fct_orders') }} as all_orders where all_orders.order_id = of_returned.order_id offset 0
    ) as orders
    {% else %}
    select order_id, order_date, customer_id, channel, region
    from {{ ref('fct_orders') }}
    {% endif %}

)

select
    returned.return_id,
    returned.return_date,
    returned.order_id,
    returned.order_date,
    returned.line_number,
    returned.product_id,
    orders.customer_id,
    orders.channel,
    orders.region,
    returned.reason,
    returned.quantity,
    returned.currency,
    returned.fx_rate,
    returned.refund_net,
    returned.refund_tax,
    returned.refund_net_eur,
    returned.unit_cost,
    returned.quantity * returned.unit_cost as cost_amount_eur,
    returned.return_date - returned.order_date as days_since_order,
    returned._partition,
    returned._line
from returned
left join orders
    on returned.order_id = orders.order_id
    and returned.order_date = orders.order_date
