{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_months('month')],
        indexes=[{'columns': ['month', 'product_id']}]
    )
}}

-- The days of a month added up, orders as well: an order is of one day. A changed day builds its whole month again.
select
    {{ common.month_of('sales_date') }} as month,
    product_id,
    cast(sum(order_count) as bigint) as order_count,
    cast(sum(units_sold) as bigint) as units_sold,
    cast(sum(units_returned) as bigint) as units_returned,
    sum(discount_eur) as discount_eur,
    sum(revenue_eur) as revenue_eur,
    sum(refund_eur) as refund_eur,
    sum(gross_profit_eur) as gross_profit_eur
from {{ ref('mart_product_daily') }}
{% if is_incremental() %}
where {{ in_build_months('sales_date') }}
{% endif %}
group by {{ common.month_of('sales_date') }}, product_id
