{#
  The days that were just loaded lie beyond what the planner last saw of the fact tables; it would expect one row of them and join in nested
  loops. Autovacuum comes too late for the build that follows a load. Partitions are analyzed by the loader, so only tables without them are here;
  a sample of 6,000 rows finds a day among a thousand.
#}
{% macro analyze_sources() -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.source_name != 'meta' -%}
            {%- do names.append("'" ~ source.schema ~ '.' ~ source.identifier ~ "'") -%}
        {%- endfor -%}
        {%- set tables = run_query(
            "select cast(cast(oid as regclass) as text) from pg_catalog.pg_class where relkind = 'r' and cast(relnamespace as regnamespace) || '.' || relname in ("
            ~ names | join(', ') ~ ")").columns[0].values() if names else [] -%}
        {%- if tables %}
set default_statistics_target = 20;
analyze {{ tables | join(' (_partition), ') }} (_partition);
reset default_statistics_target
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
