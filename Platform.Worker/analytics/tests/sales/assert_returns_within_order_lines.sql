-- No more comes back than was sold, nor is more refunded than was paid for the line.
with returned as (

    select
        order_id,
        line_number,
        sum(quantity) as quantity,
        sum(refund_net) as refund_net
    from {{ ref('fct_returns') }}
    group by order_id, line_number

)

select returned.order_id, returned.line_number
from returned
inner join {{ ref('fct_order_lines') }} as lines
    on returned.order_id = lines.order_id
    and returned.line_number = lines.line_number
where
    returned.quantity > lines.quantity
    or returned.refund_net > lines.net_amount
