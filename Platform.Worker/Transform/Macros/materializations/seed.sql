{% materialization seed, default %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- set columns = adapter.seed_columns() -%}
    {%- if existing is not none and (should_full_refresh() or not existing.is_table or not adapter.has_columns(existing, columns)) -%}
        {% do adapter.drop_relation(existing) %}
        {%- set existing = none -%}
    {%- endif -%}
    {%- if existing is none -%}
        {% call statement() %}
            create table {{ target }} ({% for column in columns %}{{ column.quoted }} {{ column.data_type }}{{ ', ' if not loop.last }}{% endfor %})
        {% endcall %}
        {% do adapter.cache_added(target) %}
        {% do create_indexes(target) %}
    {%- else -%}
        {% call statement() %}truncate table {{ existing }}{% endcall %}
    {%- endif -%}
    {% do store_raw_result('main', message='INSERT', code='INSERT', rows_affected=adapter.copy_seed(target, columns)) %}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do apply_grants(target, config.get('grants')) %}
    {% do persist_docs(target, model) %}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}
