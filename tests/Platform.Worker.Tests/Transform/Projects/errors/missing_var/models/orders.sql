select 1 as region
