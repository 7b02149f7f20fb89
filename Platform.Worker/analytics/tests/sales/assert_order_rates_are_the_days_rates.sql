-- An order is booked at the rate of its day.
select orders.order_id, orders.currency, orders.fx_rate, rates.rate_to_eur
from {{ ref('fct_orders') }} as orders
inner join {{ ref('stg_finance__fx_rates') }} as rates
    on orders._partition = rates._partition
    and orders.currency = rates.currency
where
    {{ in_tested_window('orders._partition') }}
    and orders.fx_rate <> rates.rate_to_eur
