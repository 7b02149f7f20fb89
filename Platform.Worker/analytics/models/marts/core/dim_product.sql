-- A product as in the newest catalogue that lists it; the catalogue comes whole every day.
select distinct on (product_id)
    product_id,
    product_name,
    product_category,
    list_price,
    unit_cost,
    {{ common.ratio('list_price - unit_cost', 'list_price') }} as list_margin,
    weight_kg,
    active_from,
    _partition as as_of_date
from {{ ref('stg_sales__products') }}
order by product_id, _partition desc
