{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='order_id',
        incremental_predicates=[in_build_window('order_date') ~ ' or ' ~ spans_build_window('order_date', 'last_event_date')],
        indexes=[{'columns': ['order_date']}, {'columns': ['last_event_date']}, {'columns': ['order_id']}]
    )
}}

-- What an order earned once dispatch and returns are known. A build makes the orders of its days, and those again that were dispatched,
-- delivered or returned on its days, now or before: an order is as it was but for these.
with orders as (

    select order_id, order_date, customer_id, channel, region, units, net_amount_eur, cost_amount_eur, gross_profit_eur, shipping_fee_eur
    from {{ ref('fct_orders') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}

    union all

    {% call known_again('order_id', 'order_date', 'order_id, order_date, customer_id, channel, region, units, revenue_eur, cost_eur, gross_profit_eur, shipping_fee_eur') %}
        select shipments.order_id
        from {{ ref('fct_shipments') }} as shipments
        where {{ in_build_window('shipments.shipped_date') }} or {{ in_build_window('shipments._partition') }}
        union
        select returns.order_id from {{ ref('fct_returns') }} as returns where {{ in_build_window('returns._partition') }}
        union
        select touched_before.order_id
        from {{ this }} as touched_before
        where {{ spans_build_window('touched_before.order_date', 'touched_before.last_event_date') }}
    {% endcall %}
    {% endif %}

),

-- What is known of the orders that are made is looked up by its index (offset 0): a join would read all that there is.
shipped as (

    select
        shipments.order_id,
        sum(shipments.shipping_cost) as shipping_cost_eur,
        max(shipments._partition) as last_date
    {% if is_incremental() %}
    from orders
    cross join lateral (
        select * from {{ ref('fct_shipments') }} as all_shipments where all_shipments.order_id = orders.order_id offset 0
    ) as shipments
    {% else %}
    from {{ ref('fct_shipments') }} as shipments
    {% endif %}
    group by shipments.order_id

),

returned as (

    select
        returns.order_id,
        sum(returns.quantity) as units_returned,
        sum(returns.refund_net_eur) as refund_eur,
        sum(returns.cost_amount_eur) as returned_cost_eur,
        max(returns._partition) as last_date
    {% if is_incremental() %}
    from orders
    cross join lateral (
        select * from {{ ref('fct_returns') }} as all_returns where all_returns.order_id = orders.order_id offset 0
    ) as returns
    {% else %}
    from {{ ref('fct_returns') }} as returns
    {% endif %}
    group by returns.order_id

),

combined as (

    select
        orders.order_id,
        orders.order_date,
        orders.customer_id,
        orders.channel,
        orders.region,
        orders.units,
        coalesce(returned.units_returned, 0) as units_returned,
        orders.net_amount_eur as revenue_eur,
        orders.cost_amount_eur as cost_eur,
        orders.gross_profit_eur,
        orders.shipping_fee_eur,
        coalesce(shipped.shipping_cost_eur, 0) as shipping_cost_eur,
        coalesce(returned.refund_eur, 0) as refund_eur,
        coalesce(returned.returned_cost_eur, 0) as returned_cost_eur,
        greatest(orders.order_date, shipped.last_date, returned.last_date) as last_event_date
    from orders
    left join shipped on orders.order_id = shipped.order_id
    left join returned on orders.order_id = returned.order_id

)

select
    *,
    gross_profit_eur + shipping_fee_eur - shipping_cost_eur - refund_eur + returned_cost_eur as contribution_eur,
    {{ common.ratio('gross_profit_eur + shipping_fee_eur - shipping_cost_eur - refund_eur + returned_cost_eur', 'revenue_eur') }} as contribution_margin
from combined
