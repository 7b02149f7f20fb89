{% materialization snapshot, default %}
    {%- set unique_key = config.get('unique_key') -%}
    {% set target_relation_exists, target_relation = get_or_create_relation(
        database=this.database, schema=this.schema, identifier=this.identifier, type='table') %}
    {%- if not target_relation.is_table -%}
        {% do exceptions.relation_wrong_type(target_relation, 'table') %}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {#- A candidate goes on from the history that readers see, on a copy of it. -#}
    {%- if published_history is defined -%}
        {% call statement() %}create table {{ target_relation }} as table {{ published_history }}{% endcall %}
        {% do adapter.cache_added(target_relation) %}
        {% do create_indexes(target_relation) %}
    {%- elif target_relation_exists -%}
        {% do lock_for_writing(target_relation) %}
    {%- endif -%}
    {%- set has_history = target_relation_exists or published_history is defined -%}

    {%- set strategy_macro = strategy_dispatch(config.get('strategy')) -%}
    {%- set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model.config, has_history) -%}

    {%- if not has_history -%}
        {%- set build_sql = build_snapshot_table(strategy, model.compiled_code) -%}
        {%- set checked_sql = build_sql -%}
        {%- set final_sql = create_table_as(false, target_relation, build_sql) -%}
    {%- else -%}
        {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
        {% do adapter.assert_valid_snapshot_target_given_strategy(target_relation, columns, strategy) %}
        {%- set checked_sql = snapshot_staging_table(strategy, sql, target_relation) -%}
        {%- set staging_table = build_snapshot_staging_table(strategy, sql, target_relation) -%}
        {% do adapter.expand_target_column_types(from_relation=staging_table, to_relation=target_relation) %}

        {%- set own_columns = ['dbt_change_type', 'DBT_CHANGE_TYPE', 'dbt_unique_key', 'DBT_UNIQUE_KEY'] -%}
        {%- if unique_key | is_list -%}
            {%- for key in strategy.unique_key -%}
                {% do own_columns.append('dbt_unique_key_' ~ loop.index) %}
                {% do own_columns.append('DBT_UNIQUE_KEY_' ~ loop.index) %}
            {%- endfor -%}
        {%- endif -%}
        {% do create_columns(
            target_relation, adapter.get_missing_columns(staging_table, target_relation) | rejectattr('name', 'in', own_columns) | list) %}

        {%- set insert_columns = [] -%}
        {%- for column in adapter.get_columns_in_relation(staging_table) if column.name not in own_columns -%}
            {% do insert_columns.append(adapter.quote(column.name)) %}
        {%- endfor -%}
        {%- set final_sql = snapshot_merge_sql(target=target_relation, source=staging_table, insert_cols=insert_columns) -%}
    {%- endif -%}

    {{ check_time_data_types(checked_sql) }}
    {% call statement('main') %}
        {{ final_sql }}
    {% endcall %}
    {% do adapter.cache_added(target_relation) %}

    {% do apply_grants(
        target_relation, config.get('grants'), should_revoke=should_revoke(target_relation_exists, full_refresh_mode=false)) %}
    {% do persist_docs(target_relation, model) %}
    {% if not has_history %}
        {% do create_indexes(target_relation) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do adapter.commit() %}
    {% if staging_table is defined %}
        {% do post_snapshot(staging_table) %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro strategy_dispatch(name) -%}
    {%- set written = name -%}
    {%- set package_name = none -%}
    {%- set macros = context -%}
    {%- if '.' in name -%}
        {%- set package_name, name = name.split('.', 1) -%}
        {%- if package_name not in context -%}
            {% do exceptions.raise_compiler_error("Could not find package '" ~ package_name ~ "', called with '" ~ written ~ "'") %}
        {%- endif -%}
        {%- set macros = context[package_name] -%}
    {%- endif -%}
    {%- set macro_name = 'snapshot_' ~ name ~ '_strategy' -%}
    {%- if macro_name not in macros -%}
        {% do exceptions.raise_compiler_error(
            "The specified strategy macro '" ~ macro_name ~ "' was not found" ~ (" in package '" ~ package_name ~ "'" if package_name else '')
            ~ ". Use the strategy timestamp or check, or write that macro.") %}
    {%- endif -%}
    {{ return(macros[macro_name]) }}
{%- endmacro %}

{% macro snapshot_hash_arguments(args) -%}
    {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
    md5({% for arg in args %}coalesce(cast({{ arg }} as varchar ), ''){{ " || '|' || " if not loop.last }}{% endfor %})
{%- endmacro %}

{# What is compared is when the version began, so that a snapshot may change from check to timestamp. #}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set updated_at = config.get('updated_at') -%}
    {% do return(dbt_snapshot_strategy(
        updated_at, '(' ~ snapshotted_rel ~ '.' ~ columns.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')')) %}
{% endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {% set column_added, check_cols = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) %}
    {%- set differences = [] -%}
    {%- for column in check_cols -%}
        {%- set before = snapshotted_rel ~ '.' ~ column -%}
        {%- set now = current_rel ~ '.' ~ column -%}
        {%- do differences.append(
            before ~ ' != ' ~ now ~ ' or ((' ~ before ~ ' is null and not (' ~ now ~ ' is null)) or (not ' ~ before ~ ' is null and (' ~ now ~ ' is null)))') -%}
    {%- endfor -%}
    {% do return(dbt_snapshot_strategy(
        config.get('updated_at') or snapshot_get_time(), '(' ~ (get_true_sql() if column_added else differences | join(' or ')) ~ ')')) %}
{% endmacro %}

{% macro dbt_snapshot_strategy(updated_at, row_changed) %}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
    {% do return({
        'unique_key': unique_key,
        'updated_at': updated_at,
        'row_changed': row_changed,
        'scd_id': snapshot_hash_arguments(api.Relation.scd_args(unique_key, updated_at)),
        'invalidate_hard_deletes': hard_deletes == 'invalidate',
        'hard_deletes': hard_deletes,
    }) %}
{% endmacro %}

{# Which of the columns to check the table has already, quoted, and whether it lacks one. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if not target_exists -%}
        {{ return((false, [])) }}
    {%- endif -%}
    {%- if check_cols_config == 'all' -%}
        {%- set query_columns = get_columns_in_query(node.compiled_code) -%}
    {%- elif check_cols_config is not string and check_cols_config is iterable and check_cols_config | length > 0 -%}
        {#- Asking the server gives the names as it spells them. -#}
        {%- set query_columns = get_columns_in_query('select ' ~ check_cols_config | join(', ') ~ ' from (\n' ~ node.compiled_code ~ '\n) subq') -%}
    {%- else -%}
        {% do exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols_config) %}
    {%- endif -%}
    {%- set existing = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
    {%- set checked = [] -%}
    {%- for name in query_columns if name in existing -%}
        {%- do checked.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return((checked | length < query_columns | length, checked)) }}
{%- endmacro %}

{% macro get_snapshot_table_column_names() %}
    {{ return({
        'dbt_valid_to': 'dbt_valid_to', 'dbt_valid_from': 'dbt_valid_from', 'dbt_scd_id': 'dbt_scd_id', 'dbt_updated_at': 'dbt_updated_at',
        'dbt_is_deleted': 'dbt_is_deleted'}) }}
{% endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}
    {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{%- endmacro %}

{% macro default__build_snapshot_table(strategy, sql) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
select *,
    {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
    {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
    {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
    {{ get_dbt_valid_to_current(strategy, columns) }}
    {%- if strategy.hard_deletes == 'new_record' %},
    'False' as {{ columns.dbt_is_deleted }}
    {%- endif %}
from (
{{ sql }}
) sbq
{%- endmacro %}

{# The type comes from updated_at, also where the value is null. #}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
    coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }}) as {{ columns.dbt_valid_to }}
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {% call statement('build_snapshot_staging_relation') %}
        {{ create_table_as(true, temp_relation, snapshot_staging_table(strategy, sql, target_relation)) }}
    {% endcall %}
    {% do return(temp_relation) %}
{% endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{%- endmacro %}

{# What has to happen to the table, a row for each version: insert, update (ends a version), delete (ends the last one). #}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set key = strategy.unique_key -%}
    {%- set current_value = config.get('dbt_valid_to_current') -%}
    {%- set new_records = strategy.hard_deletes == 'new_record' -%}
    {%- set deletes = new_records or strategy.hard_deletes == 'invalidate' -%}
    {%- set deleted = 'snapshotted_data.' ~ columns.dbt_is_deleted -%}
    {%- set changed -%}
        {{ strategy.row_changed }}{% if new_records %} or {{ deleted }} = 'True'{% endif %}
    {%- endset -%}
    {%- set join_on = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
with snapshot_query as (
{{ source_sql }}
),
snapshotted_data as (
    select *, {{ unique_key_fields(key) }}
    from {{ target_relation }}
    where {% if current_value -%}
        ( {{ equals(columns.dbt_valid_to | trim, current_value | trim) }} or {{ columns.dbt_valid_to }} is null )
    {%- else -%}
        {{ columns.dbt_valid_to }} is null
    {%- endif %}
),
insertions_source_data as (
    select *, {{ unique_key_fields(key) }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) }},
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
    from snapshot_query
),
updates_source_data as (
    select *, {{ unique_key_fields(key) }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
    from snapshot_query
),
{%- if deletes %}
deletes_source_data as (
    select *, {{ unique_key_fields(key) }}
    from snapshot_query
),
{%- endif %}
insertions as (
    select 'insert' as dbt_change_type, source_data.*{% if new_records %}, 'False' as {{ columns.dbt_is_deleted }}{% endif %}
    from insertions_source_data as source_data
    left outer join snapshotted_data on {{ join_on }}
    where {{ unique_key_is_null(key, 'snapshotted_data') }}
        or ({{ unique_key_is_not_null(key, 'snapshotted_data') }} and ({{ changed }}))
),
updates as (
    select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ columns.dbt_scd_id }}{% if new_records %}, {{ deleted }}{% endif %}
    from updates_source_data as source_data
    join snapshotted_data on {{ join_on }}
    where ({{ changed }})
)
{%- if deletes %},
deletes as (
    select 'delete' as dbt_change_type, source_data.*,
        {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
        {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
        {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
        snapshotted_data.{{ columns.dbt_scd_id }}{% if new_records %}, {{ deleted }}{% endif %}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ join_on }}
    where {{ unique_key_is_null(key, 'source_data') }}
        {%- if new_records %} and not {{ dbt_snapshot_is_deleted(columns, deleted) }}{% endif %}
)
{%- endif %}
{%- if new_records %},
deletion_records as (
    select 'insert' as dbt_change_type,
        {%- set known = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list %}
        {% for name in get_columns_in_query(source_sql) -%}
        {{ 'snapshotted_data' if name in known else 'source_data' }}.{{ adapter.quote(name) }},
        {% endfor -%}
        {%- if key | is_list -%}
        {% for column in key -%}
        snapshotted_data.{{ column }} as dbt_unique_key_{{ loop.index }},
        {% endfor -%}
        {%- else -%}
        snapshotted_data.dbt_unique_key as dbt_unique_key,
        {% endif -%}
        {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
        {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
        snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
        {{ snapshot_hash_arguments([columns.dbt_scd_id, snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
        'True' as {{ columns.dbt_is_deleted }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ join_on }}
    where {{ unique_key_is_null(key, 'source_data') }} and not {{ dbt_snapshot_is_deleted(columns, deleted) }}
)
{%- endif %}
select * from insertions
union all
select * from updates
{%- if deletes %}
union all
select * from deletes
{%- endif %}
{%- if new_records %}
union all
select * from deletion_records
{%- endif %}
{%- endmacro %}

{# The last version of the row says already that it was deleted. #}
{% macro dbt_snapshot_is_deleted(columns, deleted) -%}
    {%- set current_value = config.get('dbt_valid_to_current') -%}
    ({{ deleted }} = 'True' and snapshotted_data.{{ columns.dbt_valid_to }} {{ '= ' ~ current_value if current_value else 'is null' }})
{%- endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
    {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}
{%- endmacro %}

{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current_value = config.get('dbt_valid_to_current') -%}
    {%- set valid_to = 'DBT_INTERNAL_DEST.' ~ columns.dbt_valid_to -%}
merge into {{ target.render() }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}
when matched
    and ({{ equals(valid_to, current_value | trim) ~ ' or ' if current_value }}{{ valid_to }} is null)
    and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    then update set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
    then insert ({{ insert_cols | join(', ') }}) values ({{ insert_cols | join(', ') }})
{%- endmacro %}

{% macro postgres__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current_value = config.get('dbt_valid_to_current') -%}
    {%- set valid_to = target ~ '.' ~ columns.dbt_valid_to -%}
update {{ target }}
set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
from {{ source }} as DBT_INTERNAL_SOURCE
where DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }}::text = {{ target }}.{{ columns.dbt_scd_id }}::text
    and DBT_INTERNAL_SOURCE.dbt_change_type::text in ('update'::text, 'delete'::text)
    and ({{ valid_to ~ ' = ' ~ current_value ~ ' or ' if current_value }}{{ valid_to }} is null);

insert into {{ target }} ({{ insert_cols | join(', ') }})
select {% for column in insert_cols %}DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
from {{ source }} as DBT_INTERNAL_SOURCE
where DBT_INTERNAL_SOURCE.dbt_change_type::text = 'insert'::text
{%- endmacro %}

{% macro create_columns(relation, columns) %}
    {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{% endmacro %}

{% macro default__create_columns(relation, columns) %}
    {% for column in columns %}
        {% call statement() %}
            alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.data_type }}
        {% endcall %}
    {% endfor %}
{% endmacro %}

{% macro post_snapshot(staging_relation) %}
    {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{% endmacro %}

{% macro default__post_snapshot(staging_relation) %}{% endmacro %}

{% macro get_true_sql() %}
    {{ adapter.dispatch('get_true_sql', 'dbt')() }}
{% endmacro %}

{% macro default__get_true_sql() %}
    {{ return('TRUE') }}
{% endmacro %}

{% macro get_updated_at_column_data_type(snapshot_sql) %}
    {%- for column in get_column_schema_from_query(snapshot_sql) if column.column | lower == 'dbt_updated_at' -%}
        {{ return(column.dtype) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}

{% macro check_time_data_types(sql) %}
    {%- set updated_at_type = get_updated_at_column_data_type(sql) -%}
    {%- set own_type = get_snapshot_get_time_data_type() -%}
    {%- if own_type is not none and updated_at_type is not none and own_type != updated_at_type and exceptions.warn_snapshot_timestamp_data_types -%}
        {{ exceptions.warn_snapshot_timestamp_data_types(own_type, updated_at_type) }}
    {%- endif -%}
{% endmacro %}

{% macro unique_key_fields(unique_key) -%}
    {%- if unique_key | is_list -%}
        {%- for key in unique_key -%}{{ key }} as dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }}{%- endfor -%}
    {%- else -%}
        {{ unique_key }} as dbt_unique_key
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
    {%- if unique_key | is_list -%}
        {%- for key in unique_key -%}
            {{ equals(identifier ~ '.dbt_unique_key_' ~ loop.index, from_identifier ~ '.dbt_unique_key_' ~ loop.index) }}{{ ' and ' if not loop.last }}
        {%- endfor -%}
    {%- else -%}
        {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_is_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is not null
{%- endmacro %}
