{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='customer_id',
        incremental_predicates=[in_build_window('valid_from')],
        indexes=[{'columns': ['customer_id']}, {'columns': ['valid_from']}]
    )
}}

{%- set tracked = 'customer_name, email, segment, country_code, region, currency, payment_terms_days' %}

-- What a customer was, and from when until when: slowly changing, type 2. Each data date's file holds the customers that changed or ordered that
-- day, so every version is in the data, and the history is the same whatever the order in which days were loaded. A dbt snapshot would record
-- the order of the builds instead: a day that arrives after a later one could not take its place.
-- A build makes the customers again that differ on one of its days from what they were the day before, or have a version from one of them: from
-- their versions before its days, and from all that came since.
with recorded as (

    select customer_id, {{ tracked }}, _partition as observed_date
    from {{ ref('stg_sales__customers') }}
    {% if is_incremental() %}
    where _partition >= date '{{ var("start_date") }}'
    {% endif %}

),

{% if is_incremental() -%}
touched as (

    select recorded.customer_id
    from recorded
    left join lateral (
        select {{ tracked }}
        from {{ this }} as versions
        where versions.customer_id = recorded.customer_id and versions.valid_from < date '{{ var("start_date") }}'
        order by versions.valid_from desc
        limit 1
    ) as before on true
    where
        {{ in_build_window('recorded.observed_date') }}
        and row({{ prefixed('recorded', tracked) }}) is distinct from row({{ prefixed('before', tracked) }})
    union
    select customer_id from {{ this }} where {{ in_build_window('valid_from') }}

),

{% endif -%}
observed as (

    select customer_id, {{ tracked }}, observed_date
    from recorded
    {% if is_incremental() %}
    where customer_id in (select customer_id from touched)

    union all

    select customer_id, {{ tracked }}, valid_from
    from {{ this }}
    where
        valid_from < date '{{ var("start_date") }}'
        and customer_id in (select customer_id from touched)
    {% endif %}

),

states as (

    select
        customer_id,
        {{ tracked }},
        observed_date as valid_from,
        row({{ tracked }}) is distinct from lag(row({{ tracked }})) over (partition by customer_id order by observed_date) as is_changed
    from observed

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
