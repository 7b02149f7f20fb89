-- No more comes back than was sold, nor is more refunded than was paid for the line: for the lines of this build's orders and returns, all of
-- whose returns count.
with returned_lines as (

    select distinct order_id, line_number
    from {{ ref('fct_returns') }}
    where {{ built_rows('fct_returns') }} or {{ in_tested_window('order_date') }}

)

select returned_lines.order_id, returned_lines.line_number
from returned_lines
-- Each looked up by its index (offset 0, and an aggregate stays a look-up).
cross join lateral (
    select sum(returns.quantity) as quantity, sum(returns.refund_net) as refund_net
    from {{ ref('fct_returns') }} as returns
    where returns.order_id = returned_lines.order_id and returns.line_number = returned_lines.line_number
) as returned
cross join lateral (
    select *
    from {{ ref('fct_order_lines') }} as all_lines
    where all_lines.order_id = returned_lines.order_id and all_lines.line_number = returned_lines.line_number
    offset 0
) as lines
where
    returned.quantity > lines.quantity
    or returned.refund_net > lines.net_amount
