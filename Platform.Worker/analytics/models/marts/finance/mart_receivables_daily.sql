-- Receivables at the end of each loaded day, by currency of the invoice. Only invoices that are loaded count, and the payments on them:
-- payments on older invoices would take away what was never added. A closing balance depends on all days before it, hence a table.
with invoiced as (

    select invoice_date as balance_date, currency, sum(gross_amount_eur) as invoiced_eur
    from {{ ref('fct_invoices') }}
    group by invoice_date, currency

),

settled as (

    select payments.payment_date as balance_date, payments.currency, sum(payments.invoice_amount_eur) as settled_eur
    from {{ ref('fct_payments') }} as payments
    inner join {{ ref('fct_invoices') }} as invoices on payments.invoice_id = invoices.invoice_id
    group by payments.payment_date, payments.currency

),

days as (

    select partition_date as balance_date
    from {{ ref('fct_partition_loads') }}
    where domain = 'finance' and dataset = 'invoices'

),

currencies as (

    select distinct currency from invoiced

),

flows as (

    select
        days.balance_date,
        currencies.currency,
        coalesce(invoiced.invoiced_eur, 0) as invoiced_eur,
        coalesce(settled.settled_eur, 0) as settled_eur
    from days
    cross join currencies
    left join invoiced
        on days.balance_date = invoiced.balance_date
        and currencies.currency = invoiced.currency
    left join settled
        on days.balance_date = settled.balance_date
        and currencies.currency = settled.currency

)

select
    balance_date,
    currency,
    invoiced_eur,
    settled_eur,
    sum(invoiced_eur - settled_eur) over (partition by currency order by balance_date) as outstanding_eur
from flows
