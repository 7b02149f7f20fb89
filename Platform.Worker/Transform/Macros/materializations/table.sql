{% materialization table, default %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set into = target if existing is none else intermediate -%}
    {% do drop_relation_if_exists(load_cached_relation(intermediate)) %}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {% call statement('main') -%}
        {{ get_create_table_as_sql(false, into, sql) }}
    {%- endcall %}
    {% do adapter.cache_added(into) %}
    {% do create_indexes(into) %}
    {% if existing is not none %}
        {% do swap_relations(existing, into, target) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do apply_grants(target, config.get('grants')) %}
    {% do persist_docs(target, model) %}
    {% do adapter.commit() %}
    {% do drop_relation_if_exists(load_cached_relation(make_backup_relation(target, 'table'))) %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# The old relation steps aside and the new one takes its name, in one transaction. #}
{% macro swap_relations(existing, new, target) %}
    {%- set backup = make_backup_relation(target, existing.type) -%}
    {% do drop_relation_if_exists(load_cached_relation(backup)) %}
    {% do adapter.rename_relation(existing, backup) %}
    {% do adapter.rename_relation(new, target) %}
{% endmacro %}
