{#
  What something was, and from when until when: slowly changing, type 2. Each data date's file holds what changed or was used that day, so every
  version is in the data, and the history is the same whatever the order in which days were loaded. A dbt snapshot would record the order of the
  builds instead: a day that arrives after a later one could not take its place.
  A build makes the histories again of what differs on one of its days from what it was the day before, or has a version from one of them: from the
  versions before its days, and from all that came since. For models that replace the window of valid_from.

  observations: relation with a row for each key and data date that mentions it; key: its column; version_key: the key's column of the versions;
  tracked: comma-separated columns whose change makes a version.
#}
{% macro versions_over_time(observations, key, version_key, tracked) -%}
with recorded as (

    select {{ key }}, {{ tracked }}, _partition as observed_date
    from {{ observations }}
    {% if is_incremental() %}
    where _partition >= date '{{ var("start_date") }}'
    {% endif %}

),

{% if is_incremental() -%}
touched as (

    select recorded.{{ key }}
    from recorded
    left join lateral (
        select {{ tracked }}
        from {{ this }} as versions
        where versions.{{ key }} = recorded.{{ key }} and versions.valid_from < date '{{ var("start_date") }}'
        order by versions.valid_from desc
        limit 1
    ) as before on true
    where
        {{ in_build_window('recorded.observed_date') }}
        and row({{ prefixed('recorded', tracked) }}) is distinct from row({{ prefixed('before', tracked) }})
    union
    select {{ key }} from {{ this }} where {{ in_build_window('valid_from') }}

),

{% endif -%}
observed as (

    select {{ key }}, {{ tracked }}, observed_date
    from recorded
    {% if is_incremental() %}
    where {{ key }} in (select {{ key }} from touched)

    union all

    select {{ key }}, {{ tracked }}, valid_from
    from {{ this }}
    where
        valid_from < date '{{ var("start_date") }}'
        and {{ key }} in (select {{ key }} from touched)
    {% endif %}

),

states as (

    select
        {{ key }},
        {{ tracked }},
        observed_date as valid_from,
        row({{ tracked }}) is distinct from lag(row({{ tracked }})) over (partition by {{ key }} order by observed_date) as is_changed
    from observed

),

versions as (

    select
        {{ key }},
        {{ tracked }},
        valid_from,
        lead(valid_from) over (partition by {{ key }} order by valid_from) as valid_to
    from states
    where is_changed

)

select
    {{ key }} || '-' || to_char(valid_from, 'YYYYMMDD') as {{ version_key }},
    {{ key }},
    {{ tracked }},
    valid_from,
    valid_to,
    valid_to is null as is_current
from versions
{%- endmacro %}
