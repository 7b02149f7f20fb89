{% materialization incremental, default %}
    {%- if batches is not none -%}
        {{ return(microbatch_candidate(batches, delta)) }}
    {%- elif delta is not none -%}
        {{ return(incremental_delta(delta)) }}
    {%- endif -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(target_relation, 'table' if existing_relation is none else existing_relation.type) -%}
    {%- set full_refresh_mode = should_full_refresh() or existing_relation.is_view -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- set grant_config = config.get('grants') -%}

    {#- What a run that was killed has left under these names. -#}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- set strategy_macro = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
    {%- set swaps = existing_relation is not none and full_refresh_mode -%}
    {%- if existing_relation is none -%}
        {%- set built_relation, build_sql = target_relation, get_create_table_as_sql(false, target_relation, sql) -%}
    {%- elif full_refresh_mode -%}
        {%- set built_relation, build_sql = intermediate_relation, get_create_table_as_sql(false, intermediate_relation, sql) -%}
    {%- else -%}
        {%- if not model.batch -%}{% do lock_for_writing(existing_relation) %}{%- endif -%}
        {% do run_query(get_create_table_as_sql(true, temp_relation, sql)) %}
        {%- if not (config.get('contract') or {}).enforced -%}
            {% do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) %}
        {%- endif -%}
        {%- set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation)
            or adapter.get_columns_in_relation(existing_relation) -%}
        {%- set build_sql = strategy_macro({
            'target_relation': target_relation, 'temp_relation': temp_relation, 'unique_key': config.get('unique_key'),
            'dest_columns': dest_columns,
            'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)}) -%}
    {%- endif -%}

    {% call statement('main') -%}
        {{ build_sql }}
    {%- endcall %}
    {%- if existing_relation is none or swaps -%}
        {% do create_indexes(built_relation) %}
    {%- endif -%}
    {%- if swaps -%}
        {% do adapter.rename_relation(existing_relation, backup_relation) %}
        {% do adapter.rename_relation(intermediate_relation, target_relation) %}
    {%- endif -%}

    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode)) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do adapter.commit() %}

    {%- if swaps -%}
        {{ drop_relation_if_exists(backup_relation) }}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
