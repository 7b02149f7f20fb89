{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='order_id',
        incremental_predicates=[in_build_window('order_date') ~ ' or ' ~ spans_build_window('order_date', 'last_event_date')],
        indexes=[{'columns': ['order_date']}, {'columns': ['last_event_date']}, {'columns': ['order_id']}]
    )
}}

-- An order's way from placing to dispatch, invoice and delivery. A build makes the orders of its days, and those again that got further on its
-- days, now or before: an order is as it was but for these.
with orders as (

    select order_id, order_date, customer_id, channel, region, units
    from {{ ref('fct_orders') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}

    union all

    {% call known_again('order_id', 'order_date', 'order_id, order_date, customer_id, channel, region, units_ordered') %}
        select shipments.order_id
        from {{ ref('fct_shipments') }} as shipments
        where {{ in_build_window('shipments.shipped_date') }} or {{ in_build_window('shipments._partition') }}
        union
        select invoices.order_id from {{ ref('fct_invoices') }} as invoices where {{ in_build_window('invoices.invoice_date') }}
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
        min(shipments.shipped_date) as shipped_date,
        max(shipments.promised_date) as promised_date,
        case when bool_and(shipments.is_delivered) then max(shipments.delivered_date) end as delivered_date,
        sum(shipments.units) as units_shipped,
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

invoiced as (

    select
        invoices.order_id,
        min(invoices.invoice_date) as invoiced_date,
        max(invoices.invoice_date) as last_date
    {% if is_incremental() %}
    from orders
    cross join lateral (
        select * from {{ ref('fct_invoices') }} as all_invoices where all_invoices.order_id = orders.order_id offset 0
    ) as invoices
    {% else %}
    from {{ ref('fct_invoices') }} as invoices
    {% endif %}
    group by invoices.order_id

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
    shipped.delivered_date <= shipped.promised_date and shipped.units_shipped = orders.units as is_on_time_in_full,
    greatest(orders.order_date, shipped.last_date, invoiced.last_date) as last_event_date
from orders
left join shipped on orders.order_id = shipped.order_id
left join invoiced on orders.order_id = invoiced.order_id
