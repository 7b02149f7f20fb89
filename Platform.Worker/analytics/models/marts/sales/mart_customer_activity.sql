{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('activity_date')],
        indexes=[{'columns': ['activity_date', 'customer_id']}]
    )
}}

-- One row per customer and day on which they signed up or ordered.
with signed_up as (

    select customer_id, _partition as activity_date
    from {{ ref('stg_sales__customers') }}
    where
        created_date = _partition
        {% if is_incremental() %}
        and {{ in_build_window('_partition') }}
        {% endif %}

),

ordered as (

    select
        customer_id,
        order_date as activity_date,
        count(*) as order_count,
        sum(units) as units,
        sum(net_amount_eur) as revenue_eur,
        sum(gross_profit_eur) as gross_profit_eur
    from {{ ref('fct_orders') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}
    group by customer_id, order_date

)

select
    coalesce(ordered.customer_id, signed_up.customer_id) as customer_id,
    coalesce(ordered.activity_date, signed_up.activity_date) as activity_date,
    signed_up.customer_id is not null as is_new_customer,
    ordered.customer_id is not null as has_ordered,
    coalesce(ordered.order_count, 0) as order_count,
    coalesce(ordered.units, 0) as units,
    coalesce(ordered.revenue_eur, 0) as revenue_eur,
    coalesce(ordered.gross_profit_eur, 0) as gross_profit_eur
from ordered
full outer join signed_up
    on ordered.customer_id = signed_up.customer_id
    and ordered.activity_date = signed_up.activity_date
