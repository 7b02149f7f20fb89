{#
  Tests look at the rows that the build may have changed, so that a day costs the same however many came before it. A build of everything
  (--full-refresh, or without data dates) and one with the variable test_whole_tables, which the pipeline sets now and then, look at all rows.
#}
{% macro tests_whole_tables() -%}
    {{ return(flags.FULL_REFRESH or var('test_whole_tables')) }}
{%- endmacro %}

{# The rows of a model that this build may have changed, as a condition on its columns: what the model replaces. #}
{% macro built_rows(model_name) -%}
    {{ return(built_rows_of('model.' ~ project_name ~ '.' ~ model_name)) }}
{%- endmacro %}

{% macro built_rows_of(unique_id) -%}
    {%- if not execute or tests_whole_tables() or unique_id not in graph.nodes -%}{{ return('true') }}{%- endif -%}
    {%- set node = graph.nodes[unique_id] -%}
    {%- set built = node.config -%}
    {%- if built.materialized != 'incremental' or adapter.get_relation(node.database, node.schema, node.alias) is none -%}
        {#- Built whole: so is, while the platform builds, a model that readers do not have yet. -#}
        {{ return('true') }}
    {%- elif built.incremental_strategy == 'microbatch' -%}
        {{ return(in_build_window(built.event_time)) }}
    {%- elif built.incremental_strategy == 'replace_window' -%}
        {{ return('(' ~ built.incremental_predicates | join(') and (') ~ ')') }}
    {%- endif -%}
    {{ return('true') }}
{%- endmacro %}

{# in_build_window and in_build_months for tests of dates that several models share. #}
{% macro in_tested_window(column, lookback_days=0, lookahead_days=0) -%}
    {{ return('true' if tests_whole_tables() else in_build_window(column, lookback_days, lookahead_days)) }}
{%- endmacro %}

{% macro in_tested_months(column) -%}
    {{ return('true' if tests_whole_tables() else in_build_months(column)) }}
{%- endmacro %}

{#
  dbt asks this macro which rows of a relation a generic test looks at. Keys are looked up in the whole table, by its index: only a subquery that
  stays one is given each key in turn (offset 0), where a join would read the table. Of rows whose parent belongs to a date of its own
  (date_column), those count as well whose parent may have changed.
#}
{% macro get_where_subquery(relation) -%}
    {%- set asked = config.get('where') -%}
    {%- set built = built_rows_of(model.attached_node) if execute else 'true' -%}
    {%- if built == 'true' -%}
        {{ return('(select * from ' ~ relation ~ ' where ' ~ asked ~ ') as tested' if asked else relation) }}
    {%- endif -%}
    {%- set test = model.test_metadata -%}
    {%- set keys = [model.column_name] if test.name == 'unique'
        else test.kwargs.columns if test.name == 'unique_combination'
        else [test.kwargs.key] if test.name == 'one_version_at_a_time'
        else none -%}
    {%- set rows = relation ~ ' where ' ~ (asked ~ ' and ' if asked else '') ~ '(' ~ built
        ~ (' or ' ~ in_build_window(test.kwargs.date_column) if test.kwargs.date_column else '') ~ ')' -%}
    {%- if keys is none -%}
        {{ return('(select * from ' ~ rows ~ ') as tested') }}
    {%- endif -%}
    {%- set same_key -%}
        {%- for key in keys -%}same_key.{{ key }} = built.{{ key }}{{ ' and ' if not loop.last }}{%- endfor -%}
    {%- endset -%}
    {{ return('(select tested.* from (select distinct ' ~ keys | join(', ') ~ ' from ' ~ rows ~ ') as built cross join lateral (select * from '
        ~ relation ~ ' as same_key where ' ~ same_key ~ (' and ' ~ asked if asked else '') ~ ' offset 0) as tested) as tested') }}
{%- endmacro %}

{#
  dbt's test, with each of the keys looked up in its parent's index (limit 1, which keeps the subquery one) instead of the parent being read.
#}
{% macro default__test_relationships(model, column_name, to, field) -%}
with child as (

    select *
    from {{ model }}
    where {{ column_name }} is not null

),

missing as (

    select keys.{{ column_name }}
    from (select distinct {{ column_name }} from child) as keys
    left join lateral (select true as is_found from {{ to }} as parent where parent.{{ field }} = keys.{{ column_name }} limit 1) as parent on true
    where parent.is_found is null

)

select child.*
from child
inner join missing on child.{{ column_name }} = missing.{{ column_name }}
{%- endmacro %}
