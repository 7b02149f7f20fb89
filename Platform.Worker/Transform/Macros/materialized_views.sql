{% macro get_create_materialized_view_as_sql(relation, sql) -%}
    {{ adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__get_create_materialized_view_as_sql(relation, sql) -%}
    {% do exceptions.raise_compiler_error('`get_create_materialized_view_as_sql` has not been implemented for this adapter.') %}
{%- endmacro %}

{% macro postgres__get_create_materialized_view_as_sql(relation, sql) -%}
create materialized view if not exists {{ relation }} as {{ sql }};
    {%- for index in config.get('indexes', []) %}
{{ get_create_index_sql(relation, index) }};
    {%- endfor -%}
{%- endmacro %}

{% macro drop_materialized_view(relation) -%}
    {{ adapter.dispatch('drop_materialized_view', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation.render() }} cascade
{%- endmacro %}

{% macro postgres__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation }} cascade
{%- endmacro %}

{% macro refresh_materialized_view(relation) -%}
    {{ adapter.dispatch('refresh_materialized_view', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__refresh_materialized_view(relation) -%}
    {% do exceptions.raise_compiler_error('`refresh_materialized_view` has not been implemented for this adapter.') %}
{%- endmacro %}

{% macro postgres__refresh_materialized_view(relation) -%}
    refresh materialized view {{ relation }}
{%- endmacro %}

{% macro get_rename_materialized_view_sql(relation, new_name) -%}
    {{ adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name) }}
{%- endmacro %}

{% macro default__get_rename_materialized_view_sql(relation, new_name) -%}
    {% do exceptions.raise_compiler_error('`get_rename_materialized_view_sql` has not been implemented for this adapter.') %}
{%- endmacro %}

{% macro postgres__get_rename_materialized_view_sql(relation, new_name) -%}
    alter materialized view {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{% macro get_replace_materialized_view_sql(relation, sql) -%}
    {{ adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__get_replace_materialized_view_sql(relation, sql) -%}
    {% do exceptions.raise_compiler_error('`get_replace_materialized_view_sql` has not been implemented for this adapter.') %}
{%- endmacro %}

{% macro get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
    {{ adapter.dispatch('get_alter_materialized_view_as_sql', 'dbt')(
        relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) }}
{%- endmacro %}

{% macro default__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
    {% do exceptions.raise_compiler_error('`get_alter_materialized_view_as_sql` has not been implemented for this adapter.') %}
{%- endmacro %}

{% macro postgres__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
    {%- if configuration_changes.requires_full_refresh -%}
        {{ get_replace_sql(existing_relation, relation, sql) }}
    {%- else -%}
        {{ postgres__update_indexes_on_materialized_view(relation, configuration_changes.indexes) }}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__update_indexes_on_materialized_view(relation, index_changes) -%}
    {%- for change in index_changes -%}
        {%- if change.action == 'drop' -%}
{{ postgres__get_drop_index_sql(relation, change.context.name) }};
        {% elif change.action == 'create' -%}
{{ postgres__get_create_index_sql(relation, change.context.as_node_config) }};
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro get_materialized_view_configuration_changes(existing_relation, new_config) %}
    {{ return(adapter.dispatch('get_materialized_view_configuration_changes', 'dbt')(existing_relation, new_config)) }}
{% endmacro %}

{% macro default__get_materialized_view_configuration_changes(existing_relation, new_config) %}
    {% do exceptions.raise_compiler_error(
        '`get_materialized_view_configuration_changes` has not been implemented for this adapter.') %}
{% endmacro %}

{% macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) %}
    {% set described = postgres__describe_materialized_view(existing_relation) %}
    {% do return(existing_relation.get_materialized_view_config_change_collection(described, new_config.model)) %}
{% endmacro %}

{% macro postgres__describe_materialized_view(relation) %}
    {% do return({'indexes': run_query(get_show_indexes_sql(relation))}) %}
{% endmacro %}
