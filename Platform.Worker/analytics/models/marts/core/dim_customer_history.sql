-- What a customer was, and from when until when: slowly changing, type 2. Each data date's file holds the customers that changed or ordered that
-- day, so every version is in the data, and the history is the same whatever the order in which days were loaded. A dbt snapshot would record
-- the order of the builds instead: a day that arrives after a later one could not take its place.
{%- set tracked = 'customer_name, email, segment, country_code, region, currency, payment_terms_days' %}

with states as (

    select
        customer_id,
        {{ tracked }},
        _partition as valid_from,
        row({{ tracked }}) is distinct from lag(row({{ tracked }})) over (partition by customer_id order by _partition) as is_changed
    from {{ ref('stg_sales__customers') }}

),

versions as (

    select
        customer_id,
        {{ tracked }},
        valid_from,
        lead(valid_from) over (partition by customer_id order by valid_from) as valid_to
    from states
    where is_changed

)

select
    customer_id || '-' || to_char(valid_from, 'YYYYMMDD') as customer_version_id,
    customer_id,
    {{ tracked }},
    valid_from,
    valid_to,
    valid_to is null as is_current
from versions
