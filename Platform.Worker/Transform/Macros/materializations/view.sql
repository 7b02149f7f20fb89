{% materialization view, default %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set into = target if existing is none else intermediate -%}
    {% do drop_relation_if_exists(load_cached_relation(intermediate)) %}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {% call statement('main') -%}
        {{ get_create_view_as_sql(into, sql) }}
    {%- endcall %}
    {% do adapter.cache_added(into) %}
    {% if existing is not none %}
        {% do swap_relations(existing, into, target) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do apply_grants(target, config.get('grants')) %}
    {% do persist_docs(target, model) %}
    {% do adapter.commit() %}
    {% do drop_relation_if_exists(load_cached_relation(make_backup_relation(target, 'view'))) %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}
