-- A customer as of the newest data date that mentions them: each date's file holds the customers that changed or ordered that day.
with newest as (

    select distinct on (customer_id)
        customer_id,
        customer_name,
        email,
        segment,
        country_code,
        region,
        currency,
        payment_terms_days,
        created_date,
        last_order_date,
        _partition as as_of_date
    from {{ ref('stg_sales__customers') }}
    order by customer_id, _partition desc

)

select
    newest.customer_id,
    newest.customer_name,
    newest.email,
    newest.segment,
    newest.country_code,
    countries.country_name,
    newest.region,
    newest.currency,
    newest.payment_terms_days,
    newest.created_date,
    newest.last_order_date,
    newest.as_of_date
from newest
left join {{ ref('countries') }} as countries on newest.country_code = countries.country_code
