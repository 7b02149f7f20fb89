select 1 as one
{% if true %}
from somewhere
{% endfor %}
