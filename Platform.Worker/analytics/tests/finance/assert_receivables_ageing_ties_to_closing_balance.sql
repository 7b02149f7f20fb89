-- What is open on invoices adds up to what all invoices and payments so far leave: on the newest day, by currency.
with ageing as (

    select as_of_date, currency, sum(outstanding_eur) as outstanding_eur
    from {{ ref('mart_receivables_ageing') }}
    group by as_of_date, currency

),

closing as (

    select balance_date, currency, outstanding_eur
    from {{ ref('mart_receivables_daily') }}
    where balance_date = (select max(balance_date) from {{ ref('mart_receivables_daily') }})

)

select coalesce(ageing.as_of_date, closing.balance_date) as as_of_date, coalesce(ageing.currency, closing.currency) as currency
from ageing
full outer join closing
    on ageing.as_of_date = closing.balance_date
    and ageing.currency = closing.currency
where coalesce(ageing.outstanding_eur, 0) <> coalesce(closing.outstanding_eur, 0)
