{#
  To the cent: in each partition of this build the column adds up to the control sum that the loader took from the files' good rows, late ones
  counted with the date that they belong to.
#}
{% test sum_ties_to_partition_load(model, column_name, domain, dataset) %}

with added_up as (

    select _partition as partition_date, sum({{ column_name }}) as model_sum
    from {{ model }}
    where {{ in_build_window('_partition') }}
    group by _partition

),

loaded as (

    select partition_date, sum(loaded_sum) as loaded_sum
    from (
        select domain, dataset, partition_date, cast(control_sums -> '{{ column_name }}' ->> 'loaded' as numeric) as loaded_sum
        from {{ ref('stg_meta__partition_loads') }}
        union all
        select domain, dataset, partition_date, -cast(control_sums ->> '{{ column_name }}' as numeric)
        from {{ ref('stg_meta__late_rows') }}
        union all
        select domain, dataset, data_date, cast(control_sums ->> '{{ column_name }}' as numeric)
        from {{ ref('stg_meta__late_rows') }}
    ) as moves
    where
        domain = '{{ domain }}'
        and dataset = '{{ dataset }}'
        and {{ in_build_window('partition_date') }}
    group by partition_date

)

select
    coalesce(added_up.partition_date, loaded.partition_date) as partition_date,
    added_up.model_sum,
    loaded.loaded_sum
from added_up
full outer join loaded on added_up.partition_date = loaded.partition_date
where coalesce(added_up.model_sum, 0) <> coalesce(loaded.loaded_sum, 0)

{% endtest %}
