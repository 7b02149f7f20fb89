{% materialization materialized_view, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type=this.MaterializedView) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(
        target_relation, target_relation.MaterializedView if existing_relation is none else existing_relation.type) -%}

    {{ materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) }}
    {%- set build_sql = materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
    {%- if build_sql == '' -%}
        {{ materialized_view_execute_no_op(target_relation) }}
    {%- else -%}
        {{ materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) }}
    {%- endif -%}
    {{ materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Drops what a run that was killed has left, and runs the hooks before the transaction. #}
{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) %}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
{% endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) %}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
{% endmacro %}

{# Creates it, replaces it, changes it as on_configuration_change says, or refreshes it; '' when nothing is to be done. #}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) %}
    {%- if existing_relation is none -%}
        {%- do return(get_create_materialized_view_as_sql(target_relation, sql)) -%}
    {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
        {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
    {%- endif -%}
    {%- set on_configuration_change = config.get('on_configuration_change') or 'apply' -%}
    {%- set configuration_changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
    {%- if configuration_changes is none -%}
        {%- do return(refresh_materialized_view(target_relation)) -%}
    {%- elif on_configuration_change == 'apply' -%}
        {%- do return(get_alter_materialized_view_as_sql(
            target_relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation)) -%}
    {%- elif on_configuration_change == 'continue' -%}
        {%- do exceptions.warn(
            'Configuration changes were identified and `on_configuration_change` was set to `continue` for `' ~ target_relation.render() ~ '`') -%}
        {%- do return('') -%}
    {%- elif on_configuration_change == 'fail' -%}
        {%- do exceptions.raise_fail_fast_error(
            'Configuration changes were identified and `on_configuration_change` was set to `fail` for `' ~ target_relation.render() ~ '`') -%}
    {%- else -%}
        {%- do exceptions.raise_compiler_error(
            "on_configuration_change of '" ~ model.name ~ "' is '" ~ on_configuration_change ~ "'; it must be apply, continue or fail.") -%}
    {%- endif -%}
{% endmacro %}

{% macro materialized_view_execute_no_op(target_relation) %}
    {% do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') %}
{% endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) %}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {% call statement('main') -%}
        {{ build_sql }}
    {%- endcall %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=true)) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do adapter.commit() %}
{% endmacro %}
