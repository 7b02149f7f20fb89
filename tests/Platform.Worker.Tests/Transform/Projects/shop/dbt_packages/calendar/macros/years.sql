{% macro year_of(column) %}extract(year from {{ column }})::int{% endmacro %}
