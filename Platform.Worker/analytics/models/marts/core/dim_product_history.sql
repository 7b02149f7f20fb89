{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='product_id',
        incremental_predicates=[in_build_window('valid_from')],
        indexes=[{'columns': ['product_id']}, {'columns': ['valid_from']}]
    )
}}

{%- set tracked = 'product_name, product_category, list_price, unit_cost, weight_kg' %}

-- What a product was called, listed and cost, and from when until when: slowly changing, type 2, from the daily catalogues (see dim_customer_history).
with recorded as (

    select product_id, {{ tracked }}, _partition as observed_date
    from {{ ref('stg_sales__products') }}
    {% if is_incremental() %}
    where _partition >= date '{{ var("start_date") }}'
    {% endif %}

),

{% if is_incremental() -%}
touched as (

    select recorded.product_id
    from recorded
    left join lateral (
        select {{ tracked }}
        from {{ this }} as versions
        where versions.product_id = recorded.product_id and versions.valid_from < date '{{ var("start_date") }}'
        order by versions.valid_from desc
        limit 1
    ) as before on true
    where
        {{ in_build_window('recorded.observed_date') }}
        and row({{ prefixed('recorded', tracked) }}) is distinct from row({{ prefixed('before', tracked) }})
    union
    select product_id from {{ this }} where {{ in_build_window('valid_from') }}

),

{% endif -%}
observed as (

    select product_id, {{ tracked }}, observed_date
    from recorded
    {% if is_incremental() %}
    where product_id in (select product_id from touched)

    union all

    select product_id, {{ tracked }}, valid_from
    from {{ this }}
    where
        valid_from < date '{{ var("start_date") }}'
        and product_id in (select product_id from touched)
    {% endif %}

),

states as (

    select
        product_id,
        {{ tracked }},
        observed_date as valid_from,
        row({{ tracked }}) is distinct from lag(row({{ tracked }})) over (partition by product_id order by observed_date) as is_changed
    from observed

),

versions as (

    select
        product_id,
        {{ tracked }},
        valid_from,
        lead(valid_from) over (partition by product_id order by valid_from) as valid_to
    from states
    where is_changed

)

select
    product_id || '-' || to_char(valid_from, 'YYYYMMDD') as product_version_id,
    product_id,
    {{ tracked }},
    valid_from,
    valid_to,
    valid_to is null as is_current
from versions
