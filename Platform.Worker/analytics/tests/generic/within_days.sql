{#
  The column's date is not before from_column's and at most as many days after it as the variable says.
  Models that build only so many days again rely on it.
#}
{% test within_days(model, column_name, from_column, days_variable) %}

select {{ from_column }}, {{ column_name }}, count(*) as row_count
from {{ model }}
where {{ column_name }} - {{ from_column }} not between 0 and {{ var(days_variable) }}
group by {{ from_column }}, {{ column_name }}

{% endtest %}
