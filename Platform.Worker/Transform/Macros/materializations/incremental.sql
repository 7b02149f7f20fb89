{% materialization incremental, default %}
    {%- if delta is not none -%}
        {{ return(incremental_delta(delta)) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set rebuild = existing is none or not existing.is_table or should_full_refresh() -%}
    {%- set into = target if existing is none else intermediate -%}
    {% do drop_relation_if_exists(load_cached_relation(intermediate)) %}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {% if rebuild %}
        {% call statement('main') -%}
            {{ get_create_table_as_sql(false, into, sql) }}
        {%- endcall %}
        {% do adapter.cache_added(into) %}
        {% do create_indexes(into) %}
        {% if existing is not none %}
            {% do swap_relations(existing, into, target) %}
        {% endif %}
    {% else %}
        {%- set temp = make_temp_relation(target) -%}
        {% call statement('delta') -%}
            {{ get_create_table_as_sql(true, temp, sql) }}
        {%- endcall %}
        {%- set columns = process_schema_changes(config.get('on_schema_change', default='ignore'), temp, target) or adapter.get_columns_in_relation(target) -%}
        {% call statement('main') -%}
            {{ incremental_strategy_sql(target, temp, columns) }}
        {%- endcall %}
        {% call statement() %}drop table {{ temp }}{% endcall %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do apply_grants(target, config.get('grants')) %}
    {% do persist_docs(target, model) %}
    {% do adapter.commit() %}
    {% do drop_relation_if_exists(load_cached_relation(make_backup_relation(target, 'table'))) %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#
    The candidate of an incremental model whose published table stays: the new rows in a table of their own, and under the model's name
    a view of what the published table will hold, for tests and models downstream. Publishing runs the strategy's statement on the
    published table. Hooks find the new rows' table as {{ this }}. Columns that changed cannot be merged: then the engine builds the model
    from nothing.
#}
{% macro incremental_delta(delta) %}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {% call statement('main') -%}
        {{ get_create_table_as_sql(false, delta.table, sql) }}
    {%- endcall %}

    {%- set columns = adapter.get_columns_in_relation(delta.published) -%}
    {%- set new_columns = adapter.get_columns_in_relation(delta.table) -%}
    {%- if column_types(columns) != column_types(new_columns) -%}
        {%- if config.get('on_schema_change') == 'fail' -%}
            {% do raise_schema_change(column_types(columns), column_types(new_columns)) %}
        {%- endif -%}
        {{ return({'relations': [], 'full_refresh': true}) }}
    {%- endif -%}
    {% call statement() %}analyze {{ delta.table }}{% endcall %}

    {%- set target = delta.view.incorporate(type='view') -%}
    {%- set strategy = incremental_strategy_name() -%}
    {%- if strategy in ['append', 'delete+insert', 'merge'] -%}
        {% call statement() %}
            {{ create_view_as(target, delta_view_sql(strategy, delta, columns | map(attribute='quoted') | list)) }}
        {% endcall %}
        {% do adapter.publish_with(incremental_strategy_sql(delta.published, delta.table, columns)) %}
    {%- else -%}
        {#- A strategy of the project's own: only its statement knows what the table will hold, so it works on a copy. -#}
        {%- set target = delta.view.incorporate(type='table') -%}
        {% call statement() %}create table {{ target }} as table {{ delta.published }}{% endcall %}
        {% do create_indexes(target) %}
        {% call statement() %}{{ incremental_strategy_sql(target, delta.table, columns) }}{% endcall %}
    {%- endif -%}
    {% do adapter.cache_added(target) %}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {%- if target.is_table -%}
        {% call statement() %}drop table {{ delta.table }}{% endcall %}
        {% do adapter.commit() %}
    {%- endif -%}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{% macro delta_view_sql(strategy, delta, columns) -%}
    {%- set key = unique_key_list() -%}
    {%- set predicates = incremental_predicate_list() -%}
    {%- if strategy == 'append' or not key -%}
select {{ columns | join(', ') }} from {{ delta.published }}
union all
select {{ columns | join(', ') }} from {{ delta.table }}
    {%- elif strategy == 'merge' and (config.get('merge_update_columns') or config.get('merge_exclude_columns')) -%}
        {%- set updated = merge_update_columns_quoted(columns) -%}
select {% for column in columns -%}
    {{ 'DBT_INTERNAL_SOURCE' if column in updated else 'DBT_INTERNAL_DEST' }}.{{ column }}{{ ', ' if not loop.last }}
{%- endfor %}
from {{ delta.published }} as DBT_INTERNAL_DEST
join {{ delta.table }} as DBT_INTERNAL_SOURCE on {{ key_condition(key, predicates) }}
union all
select {{ columns | join(', ') }} from {{ delta.published }} as DBT_INTERNAL_DEST
where not exists (select from {{ delta.table }} as DBT_INTERNAL_SOURCE where {{ key_condition(key, predicates) }})
union all
select {{ columns | join(', ') }} from {{ delta.table }} as DBT_INTERNAL_SOURCE
where not exists (select from {{ delta.published }} as DBT_INTERNAL_DEST where {{ key_condition(key, predicates) }})
    {%- elif strategy == 'merge' -%}
select {{ columns | join(', ') }} from {{ delta.published }} as DBT_INTERNAL_DEST
where not exists (select from {{ delta.table }} as DBT_INTERNAL_SOURCE where {{ key_condition(key, predicates) }})
union all
select {{ columns | join(', ') }} from {{ delta.table }}
    {%- else -%}
        {#- A bare NOT EXISTS is an anti-join, which reads the new rows once; the planner finds none around anything else. -#}
select {{ columns | join(', ') }} from {{ delta.published }} as DBT_INTERNAL_DEST
where not exists (select from {{ delta.table }} as DBT_INTERNAL_SOURCE where {{ key_condition(key, []) }})
    {%- if predicates %} or (({{ predicates | join(') and (') }})) is not true{% endif %}
union all
select {{ columns | join(', ') }} from {{ delta.table }}
    {%- endif -%}
{%- endmacro %}

{% macro column_types(columns) %}
    {% set types = {} %}
    {% for column in columns %}{% do types.update({column.name: column.data_type}) %}{% endfor %}
    {% do return(types) %}
{% endmacro %}

{% macro raise_schema_change(before, now) %}
    {% do exceptions.raise_compiler_error(
        'The columns of ' ~ model.alias ~ ' changed and on_schema_change is "fail". Published: ' ~ before ~ '. Now: ' ~ now
        ~ '. Build it with a full refresh, or set on_schema_change to "append_new_columns" or "sync_all_columns".') %}
{% endmacro %}

{% macro incremental_strategy_name() %}
    {% do return(config.get('incremental_strategy') or ('delete+insert' if config.get('unique_key') else 'append')) %}
{% endmacro %}

{% macro incremental_strategy_sql(target, source, columns) -%}
    {%- set strategy_macro = adapter.get_incremental_strategy_macro(context, incremental_strategy_name()) -%}
    {{ strategy_macro({
        'target_relation': target, 'temp_relation': source, 'unique_key': config.get('unique_key'), 'dest_columns': columns,
        'incremental_predicates': incremental_predicate_list()}) }}
{%- endmacro %}

{% macro incremental_predicate_list() %}
    {% set predicates = config.get('predicates') or config.get('incremental_predicates') or [] %}
    {% do return([predicates] if predicates is string else predicates) %}
{% endmacro %}

{% macro unique_key_list() %}
    {% set key = config.get('unique_key') or [] %}
    {% do return([key] if key is string else key) %}
{% endmacro %}

{% macro key_condition(key, predicates, dest='DBT_INTERNAL_DEST', source='DBT_INTERNAL_SOURCE') -%}
    {%- for column in key -%}
        {{ source }}.{{ column }} = {{ dest }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
    {%- for predicate in predicates %} and ({{ predicate }}){% endfor -%}
{%- endmacro %}

{% macro merge_update_columns_quoted(columns) %}
    {%- set only = config.get('merge_update_columns') -%}
    {%- set without = config.get('merge_exclude_columns') -%}
    {%- set chosen = [] -%}
    {%- for column in columns -%}
        {%- set name = column[1:-1] | lower -%}
        {%- if (not only or name in only | map('lower') | list) and (not without or name not in without | map('lower') | list) -%}
            {%- do chosen.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {% do return(chosen) %}
{% endmacro %}
