{% macro date(year, month, day) -%}
    {{ return(adapter.dispatch('date', 'dbt')(year, month, day)) }}
{%- endmacro %}

{% macro default__date(year, month, day) -%}
    to_date('{{ modules.datetime.date(year, month, day).isoformat() }}', 'YYYY-MM-DD')
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
    dateadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ from_date_or_timestamp }} + ((interval '1 {{ datepart }}') * ({{ interval }}))
{%- endmacro %}

{% macro datediff(first_date, second_date, datepart) -%}
    {{ return(adapter.dispatch('datediff', 'dbt')(first_date, second_date, datepart)) }}
{%- endmacro %}

{% macro default__datediff(first_date, second_date, datepart) -%}
    datediff({{ datepart }}, {{ first_date }}, {{ second_date }})
{%- endmacro %}

{# Boundaries crossed, not time passed. Parts of a date give a double, days a whole number: dbt's tables have those types too. #}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
    {%- set part = datepart | lower -%}
    {%- set larger = {
        'quarter': ('year', 4, 'date'), 'month': ('year', 12, 'date'), 'hour': ('day', 24, 'timestamp'), 'minute': ('hour', 60, 'timestamp'),
        'second': ('minute', 60, 'timestamp'), 'millisecond': ('minute', 60000, 'timestamp'), 'microsecond': ('minute', 60000000, 'timestamp')} -%}
    {%- if part == 'year' -%}
    (date_part('year', ({{ second_date }})::date) - date_part('year', ({{ first_date }})::date))
    {%- elif part == 'day' -%}
    (({{ second_date }})::date - ({{ first_date }})::date)
    {%- elif part == 'week' -%}
    ({{ datediff(first_date, second_date, 'day') }} / 7 + case
        when date_part('dow', ({{ first_date }})::timestamp) <= date_part('dow', ({{ second_date }})::timestamp)
            then case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
        else case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
    end)
    {%- elif part in larger -%}
        {%- set unit, factor, type = larger[part] -%}
        {%- set whole = 'floor' if part in ['second', 'millisecond', 'microsecond'] else '' -%}
    ({{ datediff(first_date, second_date, unit) }} * {{ factor }}
        + {{ whole }}(date_part('{{ part }}', ({{ second_date }})::{{ type }}))
        - {{ whole }}(date_part('{{ part }}', ({{ first_date }})::{{ type }})))
    {%- else -%}
        {% do exceptions.raise_compiler_error(
            "datediff does not know '" ~ datepart ~ "': use year, quarter, month, week, day, hour, minute, second, millisecond or microsecond.") %}
    {%- endif -%}
{%- endmacro %}

{% macro last_day(date, datepart) -%}
    {{ return(adapter.dispatch('last_day', 'dbt')(date, datepart)) }}
{%- endmacro %}

{% macro default__last_day(date, datepart) -%}
    {{ dbt.default_last_day(date, datepart) }}
{%- endmacro %}

{% macro default_last_day(date, datepart) -%}
    cast({{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }} as date)
{%- endmacro %}

{# There is no interval '1 quarter'. #}
{% macro postgres__last_day(date, datepart) -%}
    {%- if datepart == 'quarter' -%}
    cast({{ dbt.dateadd('day', '-1', dbt.dateadd('month', '3', dbt.date_trunc('quarter', date))) }} as date)
    {%- else -%}
    {{ dbt.default_last_day(date, datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro get_powers_of_two(upper_bound) %}
    {{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}
{% endmacro %}

{% macro default__get_powers_of_two(upper_bound) %}
    {% if upper_bound <= 0 %}
        {% do exceptions.raise_compiler_error('upper bound must be positive') %}
    {% endif %}
    {% for power in range(1, 100) if 2 ** power >= upper_bound %}
        {% do return(power) %}
    {% endfor %}
{% endmacro %}

{% macro generate_series(upper_bound) %}
    {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{% endmacro %}

{# The numbers are doubles, as those of dbt's sums of powers. #}
{% macro default__generate_series(upper_bound) %}
    {%- do dbt.get_powers_of_two(upper_bound) -%}
    select cast(number as double precision) as generated_number
    from pg_catalog.generate_series(1, cast({{ upper_bound }} as bigint)) as series (number)
    order by 1
{% endmacro %}

{% macro get_intervals_between(start_date, end_date, datepart) -%}
    {{ return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) }}
{%- endmacro %}

{% macro default__get_intervals_between(start_date, end_date, datepart) -%}
    {%- call statement('get_intervals_between', fetch_result=true) -%}
        select {{ dbt.datediff(start_date, end_date, datepart) }}
    {%- endcall -%}
    {%- set result = load_result('get_intervals_between') -%}
    {%- do return(result['data'][0][0] if result and result['data'] else 1) -%}
{%- endmacro %}

{% macro date_spine(datepart, start_date, end_date) %}
    {{ return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) }}
{% endmacro %}

{% macro default__date_spine(datepart, start_date, end_date) %}
    with numbers as (
        {{ dbt.generate_series(dbt.get_intervals_between(start_date, end_date, datepart)) }}
    ),
    periods as (
        select ({{ dbt.dateadd(datepart, 'row_number() over (order by 1) - 1', start_date) }}) as date_{{ datepart }} from numbers
    )
    select * from periods where date_{{ datepart }} <= {{ end_date }}
{% endmacro %}

{% macro convert_datetime(date_str, date_fmt) %}
    {% set message = "The provided partition date '" ~ date_str ~ "' does not match the expected format '" ~ date_fmt ~ "'" %}
    {% do return(try_or_compiler_error(message, modules.datetime.datetime.strptime, date_str.strip(), date_fmt)) %}
{% endmacro %}

{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") %}
    {% set first = convert_datetime(start_date_str, in_fmt) %}
    {% set last = convert_datetime(start_date_str if end_date_str is none else end_date_str, in_fmt) %}
    {% if last < first %}
        {% do exceptions.raise_compiler_error('Partition start date is after the end date (' ~ first ~ ', ' ~ last ~ ')') %}
    {% endif %}
    {% set dates = [] %}
    {% for day in range((last - first).days + 1) %}
        {% set date = first + modules.datetime.timedelta(days=day) %}
        {% do dates.append(date.strftime(out_fmt) if out_fmt else date) %}
    {% endfor %}
    {% do return(dates) %}
{% endmacro %}

{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}
    {% set bounds = (raw_partition_date | string).split(',') %}
    {% if bounds | length > 2 %}
        {% do exceptions.raise_compiler_error(
            'Invalid partition time. Expected format: {Start Date}[,{End Date}]. Got: ' ~ raw_partition_date) %}
    {% endif %}
    {% do return(dates_in_range(bounds[0], bounds[1] if bounds | length == 2 else none, in_fmt=date_fmt)) %}
{% endmacro %}

{% macro py_current_timestring() %}
    {% do return(modules.datetime.datetime.now().strftime('%Y%m%d%H%M%S%f')) %}
{% endmacro %}
