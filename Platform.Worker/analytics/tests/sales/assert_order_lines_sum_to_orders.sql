-- An order's head says what its lines add up to.
with lines as (

    select
        order_id,
        count(*) as line_count,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount
    from {{ ref('fct_order_lines') }}
    where {{ in_tested_window('_partition') }}
    group by order_id

)

select orders.order_id
from {{ ref('fct_orders') }} as orders
left join lines on orders.order_id = lines.order_id
where
    {{ in_tested_window('orders._partition') }}
    and (
        lines.order_id is null
        or orders.line_count <> lines.line_count
        or orders.discount_amount <> lines.discount_amount
        or orders.net_amount <> lines.net_amount
        or orders.tax_amount <> lines.tax_amount
    )
