{% macro load_cached_relation(relation) %}
    {% do return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) %}
{% endmacro %}

{% macro load_relation(relation) %}{% do return(load_cached_relation(relation)) %}{% endmacro %}

{% macro get_columns_in_relation(relation) %}{% do return(adapter.get_columns_in_relation(relation)) %}{% endmacro %}

{% macro should_full_refresh() %}
    {% set configured = config.get('full_refresh') %}
    {% do return(flags.FULL_REFRESH if configured is none else configured) %}
{% endmacro %}

{% macro is_incremental() %}
    {% if not execute %}{% do return(false) %}{% endif %}
    {% set relation = load_cached_relation(this) %}
    {% do return(relation is not none and relation.is_table and model.config.materialized == 'incremental' and not should_full_refresh()) %}
{% endmacro %}

{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') %}
    {% do return(adapter.suffixed(base_relation, suffix)) %}
{% endmacro %}

{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') %}
    {% do return(adapter.suffixed(base_relation, suffix).incorporate(type=backup_relation_type)) %}
{% endmacro %}

{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') %}
    {% do return(adapter.suffixed(base_relation, suffix).include(database=false, schema=false)) %}
{% endmacro %}

{% macro drop_relation(relation) %}
    {% do adapter.drop_relation(relation) %}
{% endmacro %}

{% macro drop_relation_if_exists(relation) %}
    {% if relation is not none %}{% do adapter.drop_relation(relation) %}{% endif %}
{% endmacro %}

{% macro truncate_relation(relation) %}
    {% do adapter.truncate_relation(relation) %}
{% endmacro %}

{% macro create_schema(relation) %}
    {% do adapter.create_schema(relation) %}
{% endmacro %}

{% macro get_create_table_as_sql(temporary, relation, sql) -%}
    {{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}
{%- endmacro %}

{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
    {{ create_table_as(temporary, relation, sql) }}
{%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
{%- endmacro %}

{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set unlogged = config.get('unlogged', default=false) -%}
    {{ config.get('sql_header') or '' }}
create {% if temporary %}temporary {% elif unlogged %}unlogged {% endif %}table {{ relation }}
as (
{{ sql }}
)
{%- endmacro %}

{% macro get_create_view_as_sql(relation, sql) -%}
    {{ adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__get_create_view_as_sql(relation, sql) -%}
    {{ create_view_as(relation, sql) }}
{%- endmacro %}

{% macro create_view_as(relation, sql) -%}
    {{ adapter.dispatch('create_view_as', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__create_view_as(relation, sql) -%}
    {{ config.get('sql_header') or '' }}
create view {{ relation }} as (
{{ sql }}
)
{%- endmacro %}

{% macro create_indexes(relation) %}
    {% for index in config.get('indexes', default=[]) %}
        {% call statement() %}{{ get_create_index_sql(relation, index) }}{% endcall %}
    {% endfor %}
{% endmacro %}

{% macro get_create_index_sql(relation, index_dict) -%}
    {{ adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict) }}
{%- endmacro %}

{% macro postgres__get_create_index_sql(relation, index_dict) -%}
    {%- set name = local_md5([relation | string, index_dict | string, invocation_id] | join('_')) -%}
    create {% if index_dict.unique %}unique {% endif %}index if not exists "{{ name }}"
    on {{ relation }}{% if index_dict.type %} using {{ index_dict.type }}{% endif %}
    ({% for column in index_dict.columns %}{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke=true) %}
    {% for privilege, grantees in (grant_config or {}).items() %}
        {% set roles = [grantees] if grantees is string else grantees %}
        {% for role in roles %}
            {% call statement() %}grant {{ privilege }} on {{ relation }} to {{ adapter.quote(role) }}{% endcall %}
        {% endfor %}
    {% endfor %}
{% endmacro %}

{% macro persist_docs(relation, model, for_relation=true, for_columns=true) %}
    {% if for_relation and config.persist_relation_docs() and model.description %}
        {% call statement() %}
            comment on {{ relation.type }} {{ relation }} is {{ adapter.literal(model.description) }}
        {% endcall %}
    {% endif %}
    {% if for_columns and config.persist_column_docs() and model.columns %}
        {% set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
        {% for name, column in model.columns.items() if name in existing and column.description %}
            {% call statement() %}
                comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ adapter.literal(column.description) }}
            {% endcall %}
        {% endfor %}
    {% endif %}
{% endmacro %}
