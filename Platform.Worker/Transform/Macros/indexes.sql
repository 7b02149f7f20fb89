{% macro create_indexes(relation) -%}
    {{ adapter.dispatch('create_indexes', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__create_indexes(relation) %}
    {% for index in config.get('indexes', default=[]) %}
        {% set create_index_sql = get_create_index_sql(relation, index) %}
        {% if create_index_sql %}
            {% call statement() %}{{ create_index_sql }}{% endcall %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{% macro get_create_index_sql(relation, index_dict) -%}
    {{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}
{%- endmacro %}

{% macro default__get_create_index_sql(relation, index_dict) %}{% do return(none) %}{% endmacro %}

{% macro postgres__get_create_index_sql(relation, index_dict) -%}
    {%- set index = adapter.parse_index(index_dict) -%}
    create {{ 'unique ' if index.unique }}index if not exists "{{ index.render(relation) }}"
    on {{ relation }}{{ ' using ' ~ index.type if index.type }} ({{ index.columns | join(', ') }})
{%- endmacro %}

{% macro get_drop_index_sql(relation, index_name) -%}
    {{ adapter.dispatch('get_drop_index_sql', 'dbt')(relation, index_name) }}
{%- endmacro %}

{% macro default__get_drop_index_sql(relation, index_name) %}
    {% do exceptions.raise_compiler_error('`get_drop_index_sql` has not been implemented for this adapter.') %}
{% endmacro %}

{% macro postgres__get_drop_index_sql(relation, index_name) -%}
    drop index if exists "{{ relation.schema }}"."{{ index_name }}"
{%- endmacro %}

{% macro get_show_indexes_sql(relation) -%}
    {{ adapter.dispatch('get_show_indexes_sql', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__get_show_indexes_sql(relation) %}
    {% do exceptions.raise_compiler_error('`get_show_indexes_sql` has not been implemented for this adapter.') %}
{% endmacro %}

{% macro postgres__get_show_indexes_sql(relation) -%}
    select index.relname as name, method.amname as method, entry.indisunique as "unique",
        (select string_agg(col.attname, ',' order by col.attnum) from pg_catalog.pg_attribute col
            where col.attrelid = entry.indrelid and col.attnum = any(entry.indkey)) as column_names
    from pg_catalog.pg_index entry
    join pg_catalog.pg_class index on index.oid = entry.indexrelid
    join pg_catalog.pg_am method on method.oid = index.relam
    join pg_catalog.pg_class owner on owner.oid = entry.indrelid and owner.relkind in ('r', 'm')
    join pg_catalog.pg_namespace namespace on namespace.oid = owner.relnamespace
    where owner.relname = '{{ relation.identifier }}' and namespace.nspname = '{{ relation.schema }}'
    order by 1, 2, 3
{%- endmacro %}
