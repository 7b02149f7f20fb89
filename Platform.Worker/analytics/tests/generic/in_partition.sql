{# The row is in the partition of its own date. #}
{% test in_partition(model, column_name) %}

select *
from {{ model }}
where {{ column_name }} <> _partition

{% endtest %}
