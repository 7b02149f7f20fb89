{% macro current_timestamp() -%}
    {{ return(adapter.dispatch('current_timestamp', 'dbt')()) }}
{%- endmacro %}

{% macro default__current_timestamp() -%}
    now()
{%- endmacro %}

{% macro date(year, month, day) -%}
    {{ return(adapter.dispatch('date', 'dbt')(year, month, day)) }}
{%- endmacro %}

{% macro default__date(year, month, day) -%}
    cast('{{ '%04d-%02d-%02d' | format(year, month, day) }}' as date)
{%- endmacro %}

{% macro date_trunc(datepart, date) -%}
    {{ return(adapter.dispatch('date_trunc', 'dbt')(datepart, date)) }}
{%- endmacro %}

{% macro default__date_trunc(datepart, date) -%}
    date_trunc('{{ datepart }}', {{ date }})
{%- endmacro %}

{% macro dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ return(adapter.dispatch('dateadd', 'dbt')(datepart, interval, from_date_or_timestamp)) }}
{%- endmacro %}

{% macro default__dateadd(datepart, interval, from_date_or_timestamp) -%}
    ({{ from_date_or_timestamp }} + ((interval '1 {{ datepart }}') * ({{ interval }})))
{%- endmacro %}

{% macro datediff(first_date, second_date, datepart) -%}
    {{ return(adapter.dispatch('datediff', 'dbt')(first_date, second_date, datepart)) }}
{%- endmacro %}

{% macro default__datediff(first_date, second_date, datepart) -%}
    {%- set first = '(' ~ first_date ~ ')::timestamp' -%}
    {%- set second = '(' ~ second_date ~ ')::timestamp' -%}
    {%- set years = "(date_part('year', " ~ second ~ ") - date_part('year', " ~ first ~ "))" -%}
    {%- set days = '(' ~ second ~ '::date - ' ~ first ~ '::date)' -%}
    {%- if datepart == 'year' -%} {{ years }}
    {%- elif datepart == 'quarter' -%} ({{ years }} * 4 + date_part('quarter', {{ second }}) - date_part('quarter', {{ first }}))
    {%- elif datepart == 'month' -%} ({{ years }} * 12 + date_part('month', {{ second }}) - date_part('month', {{ first }}))
    {%- elif datepart == 'day' -%} {{ days }}
    {%- elif datepart == 'week' -%} ((date_trunc('week', {{ second }})::date - date_trunc('week', {{ first }})::date) / 7)
    {%- elif datepart in ['hour', 'minute', 'second', 'millisecond', 'microsecond'] -%}
        {%- set unit = {'hour': 3600, 'minute': 60, 'second': 1, 'millisecond': 0.001, 'microsecond': 0.000001}[datepart] -%}
        ((extract(epoch from date_trunc('{{ datepart }}', {{ second }})) - extract(epoch from date_trunc('{{ datepart }}', {{ first }}))) / {{ unit }})::bigint
    {%- else -%}
        {% do exceptions.raise_compiler_error("datediff does not know '" ~ datepart ~ "': use year, quarter, month, week, day, hour, minute, second, millisecond or microsecond.") %}
    {%- endif -%}
{%- endmacro %}

{% macro last_day(date, datepart) -%}
    {{ return(adapter.dispatch('last_day', 'dbt')(date, datepart)) }}
{%- endmacro %}

{% macro default__last_day(date, datepart) -%}
    {%- if datepart == 'quarter' -%}
    cast(date_trunc('quarter', {{ date }}) + interval '3 month' - interval '1 day' as date)
    {%- else -%}
    cast({{ dateadd('day', '-1', dateadd(datepart, '1', date_trunc(datepart, date))) }} as date)
    {%- endif -%}
{%- endmacro %}

{% macro generate_series(upper_bound) -%}
    {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{%- endmacro %}

{% macro default__generate_series(upper_bound) -%}
    select generated_number from pg_catalog.generate_series(1, {{ upper_bound }}) as series (generated_number)
{%- endmacro %}

{% macro get_intervals_between(start_date, end_date, datepart) -%}
    {{ return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) }}
{%- endmacro %}

{% macro default__get_intervals_between(start_date, end_date, datepart) -%}
    {%- call statement('get_intervals_between', fetch_result=true) -%}
        select {{ datediff(start_date, end_date, datepart) }}
    {%- endcall -%}
    {%- do return(load_result('get_intervals_between').data[0][0] | int if execute else 1) -%}
{%- endmacro %}

{% macro date_spine(datepart, start_date, end_date) -%}
    {{ return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) }}
{%- endmacro %}

{% macro default__date_spine(datepart, start_date, end_date) -%}
    with numbers as (
        {{ generate_series([get_intervals_between(start_date, end_date, datepart), 1] | max) }}
    ),
    periods as (
        select {{ dateadd(datepart, '(generated_number - 1)', start_date) }} as date_{{ datepart }} from numbers
    )
    select * from periods where date_{{ datepart }} < {{ end_date }}
{%- endmacro %}
