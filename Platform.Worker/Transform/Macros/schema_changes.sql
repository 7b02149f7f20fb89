{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
    {% if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] %}
        {% do return(on_schema_change) %}
    {% endif %}
    {% do log('Invalid value for on_schema_change (' ~ on_schema_change ~ ') specified. Setting default value of ' ~ default ~ '.') %}
    {% do return(default) %}
{% endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) %}
    {{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}
{% endmacro %}

{% macro default__check_for_schema_changes(source_relation, target_relation) %}
    {% set source = adapter.get_columns_in_relation(source_relation) %}
    {% set target = adapter.get_columns_in_relation(target_relation) %}
    {% set added, removed, retyped = diff_columns(source, target), diff_columns(target, source), diff_column_data_types(source, target) %}
    {% do return({
        'schema_changed': (added + removed + retyped) | length > 0, 'source_not_in_target': added, 'target_not_in_source': removed,
        'source_columns': source, 'target_columns': target, 'new_target_types': retyped}) %}
{% endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
    {{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}
{% endmacro %}

{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
    {% set added = schema_changes_dict['source_not_in_target'] %}
    {% set removed = schema_changes_dict['target_not_in_source'] if on_schema_change == 'sync_all_columns' else [] %}
    {% if added or removed %}
        {% do alter_relation_add_remove_columns(target_relation, added, removed) %}
    {% endif %}
    {% for change in schema_changes_dict['new_target_types'] if on_schema_change == 'sync_all_columns' %}
        {% do alter_column_type(target_relation, change['column_name'], change['new_type']) %}
    {% endfor %}
{% endmacro %}

{# The columns to write; nothing when changes are ignored: then they are the target's. #}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}
    {{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}
{% endmacro %}

{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) %}
    {% if on_schema_change == 'ignore' %}{% do return({}) %}{% endif %}
    {% set changes = check_for_schema_changes(source_relation, target_relation) %}
    {% if changes['schema_changed'] and on_schema_change == 'fail' %}
        {% do exceptions.raise_compiler_error(
            'The source and target schemas on this incremental model are out of sync!'
            ~ '\n  Source columns not in target: ' ~ changes['source_not_in_target']
            ~ '\n  Target columns not in source: ' ~ changes['target_not_in_source']
            ~ '\n  New column types: ' ~ changes['new_target_types']
            ~ '\nBuild it with a full refresh, or set on_schema_change to "append_new_columns" or "sync_all_columns".') %}
    {% elif changes['schema_changed'] %}
        {% do sync_column_schemas(on_schema_change, target_relation, changes) %}
    {% endif %}
    {% do return(changes['source_columns']) %}
{% endmacro %}
