{#
    Candidates of incremental models. The published table stays: the new rows go into a table of their own (delta.table), and under the
    model's name is a view of what the published table will hold (delta.view), for tests and models downstream; the new rows have the
    table's indexes, so that both parts of the view are searched by key. Publishing runs the strategy's statements on the published table.
    Hooks find the new rows' table as {{ this }}.
#}
{% macro incremental_delta(delta) %}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {% call statement('main') -%}
        {{ get_create_table_as_sql(false, delta.table, sql) }}
    {%- endcall %}

    {%- set changes = delta_changes(delta) -%}
    {%- if changes is none -%}
        {{ return({'relations': [], 'full_refresh': true}) }}
    {%- endif -%}
    {% do create_indexes(delta.table) %}
    {% call statement() %}analyze {{ delta.table }}{% endcall %}

    {%- set strategy = config.get('incremental_strategy') or ('delete+insert' if config.get('unique_key') else 'append') -%}
    {%- set target = delta.view.incorporate(type='view') -%}
    {%- if strategy in ['append', 'delete+insert', 'merge'] -%}
        {% do create_delta_view(target, delta_view_sql(strategy, delta, changes)) %}
        {% do publish_delta(delta, changes, delta_strategy_sql(strategy, delta.published, delta.table, changes)) %}
    {%- elif context['get_incremental_' ~ strategy ~ '_view_sql'] is defined and not changes.alterations -%}
        {#- A strategy of the project's own that says what the table will hold: get_incremental_<strategy>_view_sql. -#}
        {%- set arguments = delta_strategy_arguments(delta.published, delta.table, changes) -%}
        {% do create_delta_view(target, context['get_incremental_' ~ strategy ~ '_view_sql'](arguments)) %}
        {% do publish_delta(delta, changes, delta_strategy_sql(strategy, delta.published, delta.table, changes)) %}
    {%- else -%}
        {#- Any other strategy of the project's own: only its statement knows what the table will hold, so it works on a copy. -#}
        {%- set target = delta.view.incorporate(type='table') -%}
        {% call statement() %}create table {{ target }} as table {{ delta.published }}{% endcall %}
        {% do create_indexes(target) %}
        {% for alteration in changes.alterations %}{% call statement() %}alter table {{ target }} {{ alteration }}{% endcall %}{% endfor %}
        {% call statement() %}{{ delta_strategy_sql(strategy, target, delta.table, changes) }}{% endcall %}
        {% do adapter.cache_added(target) %}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {%- if target.is_table -%}
        {% call statement() %}drop table {{ delta.table }}{% endcall %}
        {% do adapter.commit() %}
    {%- endif -%}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{#
    Batches of a microbatch model: the first makes the table ({{ this }}: the candidate, or the new rows of a published table), the others add
    to it. The last one says what the published table will hold: its own rows outside of the run's window, and the new ones.
#}
{% macro microbatch_candidate(batches, delta) %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {%- if batches.is_first -%}
        {% call statement('main') -%}
            {{ get_create_table_as_sql(false, target, sql) }}
        {%- endcall %}
        {%- if delta is none -%}{% do create_indexes(target) %}{%- endif -%}
    {%- else -%}
        {%- set columns = get_quoted_csv(adapter.get_columns_in_relation(target) | map(attribute='name')) -%}
        {% call statement('main') -%}
            insert into {{ target }} ({{ columns }})
            select {{ columns }} from (
            {{ sql }}
            ) as batch
        {%- endcall %}
    {%- endif -%}

    {%- if batches.is_last and delta is not none -%}
        {%- set changes = delta_changes(delta) -%}
        {%- if changes is none -%}
            {{ return({'relations': [], 'full_refresh': true}) }}
        {%- endif -%}
        {% do create_indexes(delta.table) %}
        {% call statement() %}analyze {{ delta.table }}{% endcall %}
        {%- set event_time = config.require('event_time') -%}
        {%- set inside = event_time ~ " >= '" ~ batches.start ~ "' and " ~ event_time ~ " < '" ~ batches.end ~ "'" -%}
        {%- set columns = get_quoted_csv(changes.written | map(attribute='name')) -%}
        {%- set target = delta.view.incorporate(type='view') -%}
        {% do create_delta_view(
            target,
            'select ' ~ delta_columns(changes.columns, changes.published) ~ ' from ' ~ delta.published ~ ' where (' ~ inside ~ ') is not true'
            ~ '\nunion all\nselect ' ~ delta_columns(changes.columns, changes.written) ~ ' from ' ~ delta.table) %}
        {% do publish_delta(
            delta, changes,
            'delete from ' ~ delta.published ~ ' where ' ~ inside ~ ';\ninsert into ' ~ delta.published ~ ' (' ~ columns ~ ') select ' ~ columns
            ~ ' from ' ~ delta.table) %}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{#
    What the new rows' columns mean for the published table: the columns it will have, those that are written, and the ALTER TABLE actions
    that on_schema_change asks for. None where only a full refresh helps.
#}
{% macro delta_changes(delta) %}
    {%- set published = adapter.get_columns_in_relation(delta.published) -%}
    {%- set written = adapter.get_columns_in_relation(delta.table) -%}
    {%- set types, new_types, alterations, columns = {}, {}, [], [] -%}
    {%- for column in published -%}{%- do types.update({column.name: column.data_type}) -%}{%- endfor -%}
    {%- for column in written -%}{%- do new_types.update({column.name: column.data_type}) -%}{%- endfor -%}
    {%- if types != new_types -%}
        {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
        {%- if on_schema_change == 'fail' -%}
            {%- do process_schema_changes('fail', delta.table, delta.published) -%}
        {%- endif -%}
        {%- for column in written if column.name in types and types[column.name] != column.data_type -%}{%- do return(none) -%}{%- endfor -%}
        {%- if on_schema_change not in ['append_new_columns', 'sync_all_columns'] -%}{%- do return(none) -%}{%- endif -%}
        {%- for column in written if column.name not in types -%}
            {%- do alterations.append('add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for column in published -%}
        {%- if column.name not in new_types and on_schema_change == 'sync_all_columns' -%}
            {%- do alterations.append('drop column ' ~ column.quoted) -%}
        {%- else -%}
            {%- do columns.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for column in written if column.name not in types -%}{%- do columns.append(column) -%}{%- endfor -%}
    {%- do return({'columns': columns, 'published': published, 'written': written, 'alterations': alterations}) -%}
{% endmacro %}

{% macro create_delta_view(target, sql) %}
    {% call statement() %}create view {{ target }} as (
{{ sql }}
){% endcall %}
    {% do adapter.cache_added(target) %}
{% endmacro %}

{# What publishing does with the new rows; comments and grants of the table are brought up to date with it. #}
{% macro publish_delta(delta, changes, sql) %}
    {%- set statements = [sql] -%}
    {%- if config.persist_relation_docs() and model.description -%}
        {%- do statements.append(alter_relation_comment(delta.published, model.description)) -%}
    {%- endif -%}
    {%- if config.persist_column_docs() and model.columns -%}
        {%- do statements.append(alter_column_comment(delta.table, model.columns) | replace(delta.table | string, delta.published | string)) -%}
    {%- endif -%}
    {%- for statement in get_dcl_statement_list(delta.published, config.get('grants') or {}, get_grant_sql) -%}
        {%- do statements.append(statement) -%}
    {%- endfor -%}
    {% do adapter.publish_with(statements | join(';\n'), changes.alterations) %}
{% endmacro %}

{% macro delta_strategy_sql(strategy, target, source, changes) -%}
    {%- set strategy_macro = adapter.get_incremental_strategy_macro(context, strategy) -%}
    {%- do return(strategy_macro(delta_strategy_arguments(target, source, changes))) -%}
{%- endmacro %}

{% macro delta_strategy_arguments(target, source, changes) -%}
    {%- set predicates = config.get('predicates') or config.get('incremental_predicates') -%}
    {%- do return({
        'target_relation': target, 'temp_relation': source, 'unique_key': config.get('unique_key'), 'dest_columns': changes.written,
        'incremental_predicates': [predicates] if predicates is string else predicates}) -%}
{%- endmacro %}

{# The columns in the order of the table to be; null for those that a side has not. #}
{% macro delta_columns(columns, have, alias='') -%}
    {%- set names = have | map(attribute='name') | list -%}
    {%- for column in columns -%}
        {{ alias ~ column.quoted if column.name in names else 'null::' ~ column.data_type ~ ' as ' ~ column.quoted }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro delta_view_sql(strategy, delta, changes) -%}
    {%- set key = config.get('unique_key') or [] -%}
    {%- set key = [key] if key is string else key -%}
    {%- set predicates = config.get('predicates') or config.get('incremental_predicates') or [] -%}
    {%- set predicates = [predicates] if predicates is string else predicates -%}
    {%- set old, new = delta_columns(changes.columns, changes.published), delta_columns(changes.columns, changes.written) -%}
    {%- if strategy == 'append' or not key -%}
select {{ old }} from {{ delta.published }}
union all
select {{ new }} from {{ delta.table }}
    {%- elif strategy == 'merge' -%}
        {%- set matches = delta_merge_condition(key, predicates) -%}
        {%- if config.get('merge_update_columns') or config.get('merge_exclude_columns') or changes.columns | length > changes.written | length -%}
            {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), changes.written)
                | map('replace', '"', '') | map('lower') | list -%}
            {%- set published = changes.published | map(attribute='name') | list -%}
select {% for column in changes.columns -%}
    {%- if column.name | lower in updated -%}DBT_INTERNAL_SOURCE.{{ column.quoted }}
    {%- elif column.name in published -%}DBT_INTERNAL_DEST.{{ column.quoted }}
    {%- else -%}null::{{ column.data_type }} as {{ column.quoted }}
    {%- endif -%}{{ ', ' if not loop.last }}
{%- endfor %}
from {{ delta.published }} as DBT_INTERNAL_DEST
join {{ delta.table }} as DBT_INTERNAL_SOURCE on {{ matches }}
union all
select {{ old }} from {{ delta.published }} as DBT_INTERNAL_DEST
where not exists (select from {{ delta.table }} as DBT_INTERNAL_SOURCE where {{ matches }})
union all
select {{ new }} from {{ delta.table }} as DBT_INTERNAL_SOURCE
where not exists (select from {{ delta.published }} as DBT_INTERNAL_DEST where {{ matches }})
        {%- else -%}
select {{ old }} from {{ delta.published }} as DBT_INTERNAL_DEST
where not exists (select from {{ delta.table }} as DBT_INTERNAL_SOURCE where {{ matches }})
union all
select {{ new }} from {{ delta.table }}
        {%- endif -%}
    {%- else -%}
        {#- A bare NOT EXISTS is an anti-join, which reads the new rows once; the planner finds none around anything else. -#}
select {{ old }} from {{ delta.published }} as DBT_INTERNAL_DEST
where not exists (
    select from (
        select {% for column in key %}{{ column }} as dbt_key_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %} from {{ delta.table }}
    ) as dbt_keys
    where {% for column in key %}dbt_key_{{ loop.index }} = {{ column }}{{ ' and ' if not loop.last }}{% endfor %}
)
    {%- if predicates %} or (({{ predicates | join(') and (') }})) is not true{% endif %}
union all
select {{ new }} from {{ delta.table }}
    {%- endif -%}
{%- endmacro %}

{% macro delta_merge_condition(key, predicates) -%}
    {%- for column in key -%}
        DBT_INTERNAL_SOURCE.{{ column }} = DBT_INTERNAL_DEST.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
    {%- for predicate in predicates %} and ({{ predicate }}){% endfor -%}
{%- endmacro %}
