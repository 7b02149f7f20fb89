{#
  Validity windows [valid_from, valid_to) of a slowly changing dimension: they follow each other without overlap or gap, and the newest is open.
#}
{% test one_version_at_a_time(model, key, valid_from, valid_to) %}

select {{ key }}, {{ valid_from }}, {{ valid_to }}, next_from
from (
    select
        {{ key }}, {{ valid_from }}, {{ valid_to }},
        lead({{ valid_from }}) over (partition by {{ key }} order by {{ valid_from }}) as next_from
    from {{ model }}
) as versions
where
    {{ valid_to }} is distinct from next_from
    or {{ valid_to }} <= {{ valid_from }}

{% endtest %}
