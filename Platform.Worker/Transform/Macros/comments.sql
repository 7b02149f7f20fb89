{% macro persist_docs(relation, model, for_relation=true, for_columns=true) %}
    {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
{% endmacro %}

{% macro default__persist_docs(relation, model, for_relation, for_columns) %}
    {% if for_relation and config.persist_relation_docs() and model.description %}
        {% do run_query(alter_relation_comment(relation, model.description)) %}
    {% endif %}
    {% if for_columns and config.persist_column_docs() and model.columns %}
        {% set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
        {% set comments = alter_column_comment(relation, validate_doc_columns(relation, model.columns, existing)) %}
        {% if comments and comments | trim %}{% do run_query(comments) %}{% endif %}
    {% endif %}
{% endmacro %}

{# The columns that exist; documentation of others only gives a warning. #}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) %}
    {% set lowered = existing_column_names | map('lower') | list %}
    {% set found, missing = {}, [] %}
    {% for name, column in column_dict.items() %}
        {% if (name in existing_column_names if column['quote'] else name | lower in lowered) %}
            {% do found.update({name: column}) %}
        {% else %}
            {% do missing.append(name) %}
        {% endif %}
    {% endfor %}
    {% if missing %}
        {% do exceptions.warn('In relation ' ~ relation.render()
            ~ ': The following columns are specified in the schema but are not present in the database: ' ~ (missing | join(', '))) %}
    {% endif %}
    {% do return(found) %}
{% endmacro %}

{% macro alter_relation_comment(relation, relation_comment) %}
    {{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}
{% endmacro %}

{% macro default__alter_relation_comment(relation, relation_comment) %}
    {% do exceptions.raise_not_implemented('alter_relation_comment macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro postgres__alter_relation_comment(relation, comment) -%}
    comment on {{ relation.type | replace('_', ' ') }} {{ relation }} is {{ postgres_escape_comment(comment) }};
{%- endmacro %}

{% macro alter_column_comment(relation, column_dict) %}
    {{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}
{% endmacro %}

{% macro default__alter_column_comment(relation, column_dict) %}
    {% do exceptions.raise_not_implemented('alter_column_comment macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro postgres__alter_column_comment(relation, column_dict) -%}
    {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- for name, column in column_dict.items() if name in existing %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }} is {{ postgres_escape_comment(column['description']) }};
    {%- endfor -%}
{%- endmacro %}

{# Dollar quotes hold any text but their own label. #}
{% macro postgres_escape_comment(comment) -%}
    {%- set label = '$dbt_comment_literal_block$' -%}
    {%- if comment is not string -%}
        {% do exceptions.raise_compiler_error('cannot escape a non-string: ' ~ comment) %}
    {%- elif label in comment -%}
        {% do exceptions.raise_compiler_error('The string ' ~ label ~ ' is not allowed in comments.') %}
    {%- endif -%}
    {{ label }}{{ comment }}{{ label }}
{%- endmacro %}
