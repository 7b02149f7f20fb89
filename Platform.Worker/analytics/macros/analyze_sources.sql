{#
  The days that were just loaded lie beyond what the planner last saw of the fact tables; it would expect one row of them and join in nested
  loops. Autovacuum comes too late for the build that follows a load.
#}
{% macro analyze_sources() -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.source_name != 'meta' -%}
            {%- set relation = adapter.get_relation(database=source.database, schema=source.schema, identifier=source.identifier) -%}
            {%- if relation is not none -%}
                {%- do tables.append(relation ~ ' (_partition)') -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if tables -%}
        analyze {{ tables | join(', ') }}
    {%- endif -%}
{%- endmacro %}
