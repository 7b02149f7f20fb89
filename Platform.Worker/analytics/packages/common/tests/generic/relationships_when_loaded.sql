{# Like relationships, for a parent that may belong to an earlier day: rows count whose day (date_column) is among the parent's days. #}
{% test relationships_when_loaded(model, column_name, to, field, date_column, parent_date) %}

with children as (

    select {{ column_name }} as child_key, {{ date_column }} as parent_day
    from {{ model }}
    where {{ column_name }} is not null

),

parents as (

    select {{ field }} as parent_key, {{ parent_date }} as parent_day
    from {{ to }}

),

parent_days as (

    select distinct parent_day from parents

)

select children.child_key, children.parent_day
from children
inner join parent_days on children.parent_day = parent_days.parent_day
left join parents
    on children.child_key = parents.parent_key
    and children.parent_day = parents.parent_day
where parents.parent_key is null

{% endtest %}
