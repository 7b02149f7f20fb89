{#
  Like relationships, for a parent that may belong to an earlier day: rows count whose day (date_column) is among the parent's days. Days and
  keys are looked up in the parent's indexes (limit 1 keeps each look-up one), so that the cost follows the rows tested.
#}
{% test relationships_when_loaded(model, column_name, to, field, date_column, parent_date) %}

with children as (

    select {{ column_name }} as child_key, {{ date_column }} as parent_day
    from {{ model }}
    where {{ column_name }} is not null

),

loaded_days as (

    select days.parent_day
    from (select distinct parent_day from children) as days
    cross join lateral (
        select true as is_loaded from {{ to }} as parents where parents.{{ parent_date }} = days.parent_day limit 1
    ) as loaded

)

select children.child_key, children.parent_day
from children
inner join loaded_days on children.parent_day = loaded_days.parent_day
left join lateral (
    select true as is_found
    from {{ to }} as parents
    where parents.{{ field }} = children.child_key and parents.{{ parent_date }} = children.parent_day
    limit 1
) as parents on true
where parents.is_found is null

{% endtest %}
