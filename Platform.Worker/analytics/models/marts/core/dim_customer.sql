{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='customer_id',
        incremental_predicates=[in_build_window('as_of_date')],
        indexes=[{'columns': ['as_of_date']}]
    )
}}

{%- set described = 'customer_id, customer_name, email, segment, country_code, region, currency, payment_terms_days, created_date, last_order_date' %}

-- A customer as of the newest data date that mentions them: each date's file holds the customers that changed or ordered that day. Only customers
-- that a build's days mention, now or before, can have become others.
with mentioned as (

    select {{ described }}, _partition as as_of_date
    from {{ ref('stg_sales__customers') }}
    {% if is_incremental() %}
    where {{ in_build_window('_partition') }}
    {% endif %}

),

states as (

    select * from mentioned
    {% if is_incremental() %}

    union all

    select {{ described }}, as_of_date
    from {{ this }}
    where
        as_of_date > date '{{ var("end_date") }}'
        and customer_id in (select customer_id from mentioned)

    union all

    -- Mentioned no more on the day of their newest state: what was before it counts. From the table, as a staging model used twice is read whole.
    select customer_id, name, email, segment, country, region, currency, payment_terms_days, created_date, last_order_date, _partition
    from {{ source('sales', 'customers') }}
    where
        _partition < date '{{ var("start_date") }}'
        and customer_id in (
            select customer_id from {{ this }} where {{ in_build_window('as_of_date') }}
            except
            select customer_id from mentioned
        )
    {% endif %}

),

newest as (

    select distinct on (customer_id) *
    from states
    order by customer_id, as_of_date desc

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
