{{
    config(
        materialized='incremental',
        incremental_strategy='microbatch',
        unique_key='movement_id',
        event_time='_partition',
        batch_size='day',
        begin='2024-01-01',
        meta={'first_build': 'one_batch'},
        indexes=[{'columns': ['_partition']}, {'columns': ['movement_id']}, {'columns': ['product_id', 'warehouse', 'movement_date']}]
    )
}}

select
    movement_id,
    movement_date,
    product_id,
    warehouse,
    movement_type,
    quantity,
    on_hand_after,
    unit_cost,
    quantity * unit_cost as value_eur,
    reference,
    -- Movement numbers run in the order of the movements; the last of a day leaves the stock of that day.
    row_number() over (partition by _partition, product_id, warehouse order by movement_id) as sequence_in_day,
    row_number() over (partition by _partition, product_id, warehouse order by movement_id desc) = 1 as is_last_of_day,
    _partition,
    _line
from {{ ref('stg_operations__inventory_movements') }}
