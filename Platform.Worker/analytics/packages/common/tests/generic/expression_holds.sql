{# The expression is not false for any row; null counts as holding, as in a check constraint. #}
{% test expression_holds(model, expression) %}

select *
from {{ model }}
where not ({{ expression }})

{% endtest %}
