-- Open invoices by how long they are overdue, as of the newest loaded data date (not of the clock).
with as_of as (

    select max(partition_date) as as_of_date
    from {{ ref('fct_partition_loads') }}
    where domain = 'finance' and dataset = 'invoices'

),

open_invoices as (

    select
        as_of.as_of_date,
        invoices.customer_id,
        invoices.currency,
        invoices.outstanding_eur,
        as_of.as_of_date - invoices.due_date as days_overdue
    from {{ ref('fct_invoices') }} as invoices
    cross join as_of
    where not invoices.is_paid

),

bucketed as (

    select
        *,
        case
            when days_overdue <= 0 then 'not due'
            when days_overdue <= 30 then '1-30 days'
            when days_overdue <= 60 then '31-60 days'
            when days_overdue <= 90 then '61-90 days'
            else 'over 90 days'
        end as ageing_bucket,
        case
            when days_overdue <= 0 then 0
            when days_overdue <= 30 then 1
            when days_overdue <= 60 then 2
            when days_overdue <= 90 then 3
            else 4
        end as bucket_order
    from open_invoices

)

select
    as_of_date,
    customer_id,
    currency,
    ageing_bucket,
    bucket_order,
    count(*) as invoice_count,
    max(days_overdue) as max_days_overdue,
    sum(outstanding_eur) as outstanding_eur
from bucketed
group by as_of_date, customer_id, currency, ageing_bucket, bucket_order
