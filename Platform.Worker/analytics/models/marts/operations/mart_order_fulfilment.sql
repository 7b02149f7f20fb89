{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('order_date', lookback_days=var('order_lifetime_days'))],
        indexes=[{'columns': ['order_date']}]
    )
}}

{%- set lifetime = var('order_lifetime_days') %}

-- An order's way from placing to dispatch, invoice and delivery, each of them up to an order's lifetime later.
with orders as (

    select * from {{ ref('fct_orders') }}
    {% if is_incremental() %}
    where {{ in_build_window('order_date', lookback_days=lifetime) }}
    {% endif %}

),

shipped as (

    select
        order_id,
        min(shipped_date) as shipped_date,
        max(promised_date) as promised_date,
        case when bool_and(is_delivered) then max(delivered_date) end as delivered_date,
        sum(units) as units_shipped
    from {{ ref('fct_shipments') }}
    {% if is_incremental() %}
    where {{ in_build_window('order_date', lookback_days=lifetime) }}
    {% endif %}
    group by order_id

),

invoiced as (

    select order_id, min(invoice_date) as invoiced_date
    from {{ ref('fct_invoices') }}
    {% if is_incremental() %}
    where {{ in_build_window('order_date', lookback_days=lifetime) }}
    {% endif %}
    group by order_id

)

select
    orders.order_id,
    orders.order_date,
    orders.customer_id,
    orders.channel,
    orders.region,
    orders.units as units_ordered,
    coalesce(shipped.units_shipped, 0) as units_shipped,
    shipped.promised_date,
    shipped.shipped_date,
    invoiced.invoiced_date,
    shipped.delivered_date,
    case
        when shipped.delivered_date is not null then 'delivered'
        when shipped.shipped_date is not null then 'shipped'
        else 'ordered'
    end as fulfilment_status,
    shipped.shipped_date - orders.order_date as days_to_ship,
    shipped.delivered_date - orders.order_date as days_to_deliver,
    shipped.delivered_date <= shipped.promised_date as is_on_time,
    shipped.delivered_date <= shipped.promised_date and shipped.units_shipped = orders.units as is_on_time_in_full
from orders
left join shipped on orders.order_id = shipped.order_id
left join invoiced on orders.order_id = invoiced.order_id
