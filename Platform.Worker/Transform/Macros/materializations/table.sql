{% materialization table, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(target_relation, 'table' if existing_relation is none else existing_relation.type) -%}
    {%- set grant_config = config.get('grants') -%}

    {#- What a run that was killed has left under these names. -#}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {% call statement('main') -%}
        {{ get_create_table_as_sql(false, intermediate_relation, sql) }}
    {%- endcall %}
    {% do create_indexes(intermediate_relation) %}
    {{ swap_in(intermediate_relation, target_relation, existing_relation, backup_relation) }}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode=true)) %}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}

    {%- if existing_relation is not none -%}
        {{ drop_relation_if_exists(backup_relation) }}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Gives the intermediate relation the target's name; what had that name keeps the backup's until the commit. #}
{% macro swap_in(intermediate_relation, target_relation, existing_relation, backup_relation) %}
    {#- A hook may have dropped it meanwhile. -#}
    {%- set existing_relation = load_cached_relation(existing_relation) if existing_relation is not none else none -%}
    {%- if existing_relation -%}
        {% do adapter.rename_relation(existing_relation, backup_relation) %}
    {%- endif -%}
    {% do adapter.rename_relation(intermediate_relation, target_relation) %}
{% endmacro %}
