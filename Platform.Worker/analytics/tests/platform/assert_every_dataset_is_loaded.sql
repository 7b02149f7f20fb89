-- A day of this build has every dataset that any day of it has.
with loads as (

    select domain, dataset, partition_date
    from {{ ref('fct_partition_loads') }}
    where {{ in_tested_window('partition_date') }}

),

datasets as (

    select distinct domain, dataset from loads

),

days as (

    select distinct partition_date from loads

)

select datasets.domain, datasets.dataset, days.partition_date
from datasets
cross join days
left join loads
    on datasets.domain = loads.domain
    and datasets.dataset = loads.dataset
    and days.partition_date = loads.partition_date
where loads.dataset is null
