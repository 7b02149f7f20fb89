-- What a product was called, listed and cost, and from when until when: slowly changing, type 2, from the daily catalogues (see dim_customer_history).
{%- set tracked = 'product_name, product_category, list_price, unit_cost, weight_kg' %}

with states as (

    select
        product_id,
        {{ tracked }},
        _partition as valid_from,
        row({{ tracked }}) is distinct from lag(row({{ tracked }})) over (partition by product_id order by _partition) as is_changed
    from {{ ref('stg_sales__products') }}

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
