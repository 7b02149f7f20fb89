{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='product_id',
        incremental_predicates=[in_build_window('as_of_date')],
        indexes=[{'columns': ['as_of_date']}]
    )
}}

{%- set described = 'product_id, product_name, product_category, list_price, unit_cost, weight_kg, active_from' %}

-- A product as in the newest catalogue that lists it; the catalogue comes whole every day (see dim_customer for how a build finds it).
with mentioned as (

    select {{ described }}, _partition as as_of_date
    from {{ ref('stg_sales__products') }}
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
        and product_id in (select product_id from mentioned)

    union all

    -- Mentioned no more on the day of their newest state: what was before it counts. From the table, as a staging model used twice is read whole.
    select product_id, name, category, list_price, unit_cost, weight_kg, active_from, _partition
    from {{ source('sales', 'products') }}
    where
        _partition < date '{{ var("start_date") }}'
        and product_id in (
            select product_id from {{ this }} where {{ in_build_window('as_of_date') }}
            except
            select product_id from mentioned
        )
    {% endif %}

)

select distinct on (product_id)
    product_id,
    product_name,
    product_category,
    list_price,
    unit_cost,
    {{ common.ratio('list_price - unit_cost', 'list_price') }} as list_margin,
    weight_kg,
    active_from,
    as_of_date
from states
order by product_id, as_of_date desc
