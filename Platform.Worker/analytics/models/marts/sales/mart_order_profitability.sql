{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('order_date', lookback_days=var('order_lifetime_days'))],
        indexes=[{'columns': ['order_date']}]
    )
}}

{%- set lifetime = var('order_lifetime_days') %}

-- What an order earned once dispatch and returns are known. These come up to an order's lifetime after it, so the orders of that
-- many days before a changed day are built again with it.
with orders as (

    select * from {{ ref('fct_orders') }}
    {% if is_incremental() %}
    where {{ in_build_window('order_date', lookback_days=lifetime) }}
    {% endif %}

),

shipped as (

    select order_id, sum(shipping_cost) as shipping_cost_eur
    from {{ ref('fct_shipments') }}
    {% if is_incremental() %}
    where {{ in_build_window('order_date', lookback_days=lifetime) }}
    {% endif %}
    group by order_id

),

returned as (

    select
        order_id,
        sum(quantity) as units_returned,
        sum(refund_net_eur) as refund_eur,
        sum(cost_amount_eur) as returned_cost_eur
    from {{ ref('fct_returns') }}
    {% if is_incremental() %}
    where {{ in_build_window('order_date', lookback_days=lifetime) }}
    {% endif %}
    group by order_id

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
        coalesce(returned.returned_cost_eur, 0) as returned_cost_eur
    from orders
    left join shipped on orders.order_id = shipped.order_id
    left join returned on orders.order_id = returned.order_id

)

select
    *,
    gross_profit_eur + shipping_fee_eur - shipping_cost_eur - refund_eur + returned_cost_eur as contribution_eur,
    {{ common.ratio('gross_profit_eur + shipping_fee_eur - shipping_cost_eur - refund_eur + returned_cost_eur', 'revenue_eur') }} as contribution_margin
from combined
