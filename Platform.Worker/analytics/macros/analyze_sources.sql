{#
  The days that were just loaded lie beyond what the planner last saw of the fact tables. Of a short table it has seen every day, so it would expect one
  row of such a day and join in nested loops, and autovacuum comes too late for the build that follows a load. Of a longer table's newest day it expects
  what a day has, since it asks the index where the days end. So a table is analyzed when it has grown by a hundredth since it was last. A sample
  of 6,000 rows finds a day among a thousand. Partitions are analyzed by the loader, so only tables without them are here.
#}
{% macro analyze_sources() -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.source_name != 'meta' -%}
            {%- do names.append("'" ~ source.schema ~ '.' ~ source.identifier ~ "'") -%}
        {%- endfor -%}
        {%- set tables = run_query(
            "select cast(cast(oid as regclass) as text) from pg_catalog.pg_class where relkind = 'r' and cast(relnamespace as regnamespace) || '.' || relname in ("
            ~ names | join(', ')
            ~ ") and pg_catalog.pg_relation_size(oid) > 1.01 * relpages * cast(current_setting('block_size') as integer)").columns[0].values() if names else [] -%}
        {%- if tables %}
set default_statistics_target = 20;
analyze {{ tables | join(' (_partition), ') }} (_partition);
reset default_statistics_target
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
