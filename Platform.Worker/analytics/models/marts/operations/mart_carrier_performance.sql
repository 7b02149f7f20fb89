{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='shipped_date',
        incremental_predicates=[spans_build_window('shipped_date', 'last_event_date')],
        indexes=[{'columns': ['shipped_date']}, {'columns': ['last_event_date']}]
    )
}}

-- Days of dispatch, by carrier and warehouse. A build makes its days, and those again of whose shipments its days say something, now or before.
{% if is_incremental() -%}
with days as (

    select shipments.shipped_date
    from {{ ref('fct_shipments') }} as shipments
    where {{ in_build_window('shipments.shipped_date') }} or {{ in_build_window('shipments._partition') }}
    union
    select touched_before.shipped_date
    from {{ this }} as touched_before
    where {{ spans_build_window('touched_before.shipped_date', 'touched_before.last_event_date') }}

),

-- Each looked up by its index (offset 0): a join would read all shipments.
shipments as (

    select shipments.*
    from days
    cross join lateral (
        select * from {{ ref('fct_shipments') }} as all_shipments where all_shipments.shipped_date = days.shipped_date offset 0
    ) as shipments

),
{%- else -%}
with shipments as (

    select * from {{ ref('fct_shipments') }}

),
{%- endif %}

totals as (

    select
        shipped_date,
        carrier,
        warehouse,
        count(*) as shipment_count,
        sum(units) as units_shipped,
        sum(weight_kg) as weight_kg,
        sum(shipping_cost) as shipping_cost_eur,
        count(*) filter (where is_delivered) as delivered_count,
        count(*) filter (where is_on_time) as on_time_count,
        coalesce(sum(days_late), 0) as days_late,
        max(_partition) as last_event_date
    from shipments
    group by shipped_date, carrier, warehouse

)

select
    *,
    {{ common.ratio('on_time_count', 'cast(delivered_count as numeric)') }} as on_time_rate
from totals
