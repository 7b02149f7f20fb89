{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('sales_date')],
        indexes=[{'columns': ['sales_date', 'product_id']}]
    )
}}

-- What was sold of a product and what of it came back, each on the day on which it happened.
with sold as (

    select
        order_date as sales_date,
        product_id,
        count(distinct order_id) as order_count,
        sum(quantity) as units_sold,
        sum(discount_amount_eur) as discount_eur,
        sum(net_amount_eur) as revenue_eur,
        sum(gross_profit_eur) as gross_profit_eur
    from {{ ref('fct_order_lines') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by order_date, product_id

),

returned as (

    select
        return_date as sales_date,
        product_id,
        sum(quantity) as units_returned,
        sum(refund_net_eur) as refund_eur
    from {{ ref('fct_returns') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by return_date, product_id

)

select
    coalesce(sold.sales_date, returned.sales_date) as sales_date,
    coalesce(sold.product_id, returned.product_id) as product_id,
    coalesce(sold.order_count, 0) as order_count,
    coalesce(sold.units_sold, 0) as units_sold,
    coalesce(returned.units_returned, 0) as units_returned,
    coalesce(sold.discount_eur, 0) as discount_eur,
    coalesce(sold.revenue_eur, 0) as revenue_eur,
    coalesce(returned.refund_eur, 0) as refund_eur,
    coalesce(sold.gross_profit_eur, 0) as gross_profit_eur
from sold
full outer join returned
    on sold.sales_date = returned.sales_date
    and sold.product_id = returned.product_id
