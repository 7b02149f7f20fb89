with mart as (

    select shipped_date, sum(shipment_count) as shipment_count, sum(shipping_cost_eur) as shipping_cost_eur, sum(on_time_count) as on_time_count
    from {{ ref('mart_carrier_performance') }}
    where {{ built_rows('mart_carrier_performance') }}
    group by shipped_date

),

shipments as (

    select
        shipped_date,
        count(*) as shipment_count,
        sum(shipping_cost) as shipping_cost_eur,
        count(*) filter (where is_on_time) as on_time_count
    from {{ ref('fct_shipments') }}
    where {{ built_rows('mart_carrier_performance') }}
    group by shipped_date

)

select coalesce(mart.shipped_date, shipments.shipped_date) as shipped_date
from mart
full outer join shipments on mart.shipped_date = shipments.shipped_date
where
    mart.shipment_count is distinct from shipments.shipment_count
    or mart.shipping_cost_eur is distinct from shipments.shipping_cost_eur
    or mart.on_time_count is distinct from shipments.on_time_count
