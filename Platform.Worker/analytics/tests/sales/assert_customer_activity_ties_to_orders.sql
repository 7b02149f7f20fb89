with activity as (

    select activity_date, sum(order_count) as order_count, sum(revenue_eur) as revenue_eur
    from {{ ref('mart_customer_activity') }}
    where
        {{ in_tested_window('activity_date') }}
        and has_ordered
    group by activity_date

),

orders as (

    select order_date, count(*) as order_count, sum(net_amount_eur) as revenue_eur
    from {{ ref('fct_orders') }}
    where {{ in_tested_window('_partition') }}
    group by order_date

)

select coalesce(activity.activity_date, orders.order_date) as activity_date
from activity
full outer join orders on activity.activity_date = orders.order_date
where
    activity.order_count is distinct from orders.order_count
    or activity.revenue_eur is distinct from orders.revenue_eur
