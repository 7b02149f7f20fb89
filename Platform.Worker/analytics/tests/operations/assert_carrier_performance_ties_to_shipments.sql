-- By day of dispatch, for the days that this build made and those of the shipments that it made.
with days as (

    select distinct shipped_date
    from {{ ref('mart_carrier_performance') }}
    where {{ built_rows('mart_carrier_performance') }}
    union
    select shipped_date
    from {{ ref('fct_shipments') }}
    where {{ built_rows('fct_shipments') }}

)

select days.shipped_date
from days
-- Each day is looked up by its index (an aggregate stays a look-up).
cross join lateral (
    select sum(mart.shipment_count) as shipment_count, sum(mart.shipping_cost_eur) as shipping_cost_eur, sum(mart.on_time_count) as on_time_count
    from {{ ref('mart_carrier_performance') }} as mart
    where mart.shipped_date = days.shipped_date
) as mart
cross join lateral (
    select
        count(*) as shipment_count,
        sum(shipments.shipping_cost) as shipping_cost_eur,
        count(*) filter (where shipments.is_on_time) as on_time_count
    from {{ ref('fct_shipments') }} as shipments
    where shipments.shipped_date = days.shipped_date
) as shipments
where
    mart.shipment_count is distinct from shipments.shipment_count
    or mart.shipping_cost_eur is distinct from shipments.shipping_cost_eur
    or mart.on_time_count is distinct from shipments.on_time_count
