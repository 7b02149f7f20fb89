-- The closing balance of the newest day is what is open on invoices.
with newest as (

    select max(balance_date) as balance_date from {{ ref('mart_receivables_daily') }}

),

closing as (

    select daily.currency, daily.outstanding_eur
    from {{ ref('mart_receivables_daily') }} as daily
    inner join newest on daily.balance_date = newest.balance_date

),

invoices as (

    select currency, sum(outstanding_eur) as outstanding_eur
    from {{ ref('fct_invoices') }}
    where not is_paid
    group by currency

)

select coalesce(closing.currency, invoices.currency) as currency
from closing
full outer join invoices on closing.currency = invoices.currency
where coalesce(closing.outstanding_eur, 0) <> coalesce(invoices.outstanding_eur, 0)
