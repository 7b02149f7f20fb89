-- Every day from the year before the business opened; also the time spine of the metrics. Fixed, so that no run changes it.
with days as (

    select cast(generated_day as date) as date_day
    from generate_series(timestamp '2023-01-01', timestamp '2032-12-31', interval '1 day') as generated_day

)

select
    date_day,
    {{ common.month_of('date_day') }} as date_month,
    cast(date_trunc('week', cast(date_day as timestamp)) as date) as date_week,
    cast(date_trunc('quarter', cast(date_day as timestamp)) as date) as date_quarter,
    cast(extract(year from date_day) as integer) as calendar_year,
    cast(extract(quarter from date_day) as integer) as calendar_quarter,
    cast(extract(month from date_day) as integer) as calendar_month,
    cast(extract(isoyear from date_day) as integer) as iso_year,
    cast(extract(week from date_day) as integer) as iso_week,
    cast(extract(isodow from date_day) as integer) as iso_day_of_week,
    to_char(date_day, 'FMMonth') as month_name,
    to_char(date_day, 'FMDay') as day_name,
    extract(isodow from date_day) in (6, 7) as is_weekend,
    date_day = {{ common.month_of('date_day') }} + interval '1 month' - interval '1 day' as is_month_end
from days
