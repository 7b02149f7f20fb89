{#
  Nothing lost and nothing doubled: in each partition of this build, as many rows as the loader says that it loaded, less those that it brought to
  earlier dates and more those that later loads brought.
#}
{% test rows_tie_to_partition_load(model, domain, dataset) %}

with counted as (

    select _partition as partition_date, count(*) as model_rows
    from {{ model }}
    where {{ in_build_window('_partition') }}
    group by _partition

),

loaded as (

    select partition_date, sum(loaded_rows) as loaded_rows
    from (
        select domain, dataset, partition_date, loaded_rows from {{ ref('stg_meta__partition_loads') }}
        union all
        select domain, dataset, partition_date, -late_rows from {{ ref('stg_meta__late_rows') }}
        union all
        select domain, dataset, data_date, late_rows from {{ ref('stg_meta__late_rows') }}
    ) as moves
    where
        domain = '{{ domain }}'
        and dataset = '{{ dataset }}'
        and {{ in_build_window('partition_date') }}
    group by partition_date

)

select
    coalesce(counted.partition_date, loaded.partition_date) as partition_date,
    counted.model_rows,
    loaded.loaded_rows
from counted
full outer join loaded on counted.partition_date = loaded.partition_date
where coalesce(counted.model_rows, 0) <> coalesce(loaded.loaded_rows, 0)

{% endtest %}
