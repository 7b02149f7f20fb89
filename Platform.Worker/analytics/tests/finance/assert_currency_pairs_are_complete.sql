-- Every loaded day has a rate for every currency that was used that day; one euro is one euro.
with used as (

    select _partition, currency from {{ ref('fct_orders') }} where {{ in_tested_window('_partition') }}
    union
    select _partition, currency from {{ ref('fct_payments') }} where {{ in_tested_window('_partition') }}

)

select used._partition, used.currency
from used
left join {{ ref('stg_finance__fx_rates') }} as rates
    on used._partition = rates._partition
    and used.currency = rates.currency
where
    rates.currency is null
    or (used.currency = 'EUR' and rates.rate_to_eur <> 1)
