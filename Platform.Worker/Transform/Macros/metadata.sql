{% macro get_catalog_relations(information_schema, relations) %}
    {{ return(adapter.dispatch('get_catalog_relations', 'dbt')(information_schema, relations)) }}
{% endmacro %}

{% macro default__get_catalog_relations(information_schema, relations) %}
    {% do exceptions.raise_compiler_error('get_catalog_relations not implemented for ' ~ adapter.type()) %}
{% endmacro %}

{% macro postgres__get_catalog_relations(information_schema, relations) %}
    {% do adapter.verify_database(information_schema.database) %}
    {%- call statement('catalog', fetch_result=true) -%}
        select
            '{{ information_schema.database }}' as table_database,
            space.nspname as table_schema,
            rel.relname as table_name,
            case rel.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE' end as table_type,
            pg_catalog.obj_description(rel.oid, 'pg_class') as table_comment,
            col.attname as column_name,
            col.attnum as column_index,
            pg_catalog.format_type(col.atttypid, col.atttypmod) as column_type,
            pg_catalog.col_description(rel.oid, col.attnum) as column_comment,
            pg_catalog.pg_get_userbyid(rel.relowner) as table_owner
        from pg_catalog.pg_namespace space
        join pg_catalog.pg_class rel on rel.relnamespace = space.oid
        join pg_catalog.pg_attribute col on col.attrelid = rel.oid and col.attnum > 0 and not col.attisdropped
        where rel.relpersistence in ('p', 'u') and rel.relkind in ('r', 'v', 'f', 'p', 'm') and (
        {%- for relation in relations %}
            (upper(space.nspname) = upper('{{ relation.schema }}')
            {%- if relation.identifier %} and upper(rel.relname) = upper('{{ relation.identifier }}'){% endif %})
            {{- ' or' if not loop.last }}
        {%- endfor %})
        order by space.nspname, rel.relname, col.attnum
    {%- endcall -%}
    {% do return(load_result('catalog').table) %}
{% endmacro %}

{% macro get_catalog(information_schema, schemas) %}
    {{ return(adapter.dispatch('get_catalog', 'dbt')(information_schema, schemas)) }}
{% endmacro %}

{% macro default__get_catalog(information_schema, schemas) %}
    {% do exceptions.raise_compiler_error('get_catalog not implemented for ' ~ adapter.type()) %}
{% endmacro %}

{% macro postgres__get_catalog(information_schema, schemas) %}
    {% set whole = [] %}
    {% for schema in schemas %}{% do whole.append({'schema': schema}) %}{% endfor %}
    {% do return(postgres__get_catalog_relations(information_schema, whole)) %}
{% endmacro %}

{% macro get_catalog_for_single_relation(relation) %}
    {{ return(adapter.dispatch('get_catalog_for_single_relation', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__get_catalog_for_single_relation(relation) %}
    {% do exceptions.raise_not_implemented('get_catalog_for_single_relation macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro information_schema_name(database) %}
    {{ return(adapter.dispatch('information_schema_name', 'dbt')(database)) }}
{% endmacro %}

{% macro default__information_schema_name(database) -%}
    {{ database ~ '.' if database }}INFORMATION_SCHEMA
{%- endmacro %}

{% macro postgres__information_schema_name(database) -%}
    information_schema
{%- endmacro %}

{% macro list_schemas(database) %}
    {{ return(adapter.dispatch('list_schemas', 'dbt')(database)) }}
{% endmacro %}

{% macro default__list_schemas(database) %}
    {% do return(run_query(
        'select distinct schema_name from ' ~ information_schema_name(database) ~ ".SCHEMATA where catalog_name ilike '" ~ database ~ "'")) %}
{% endmacro %}

{% macro postgres__list_schemas(database) %}
    {% if database %}{% do adapter.verify_database(database) %}{% endif %}
    {% call statement('list_schemas', fetch_result=true, auto_begin=false) -%}
        select distinct nspname from pg_catalog.pg_namespace
    {%- endcall %}
    {% do return(load_result('list_schemas').table) %}
{% endmacro %}

{% macro check_schema_exists(information_schema, schema) %}
    {{ return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) }}
{% endmacro %}

{% macro default__check_schema_exists(information_schema, schema) %}
    {% do return(run_query(
        'select count(*) from ' ~ information_schema.replace(information_schema_view='SCHEMATA') ~ " where catalog_name = '"
        ~ information_schema.database ~ "' and schema_name = '" ~ schema ~ "'")) %}
{% endmacro %}

{% macro postgres__check_schema_exists(information_schema, schema) %}
    {% if information_schema.database %}{% do adapter.verify_database(information_schema.database) %}{% endif %}
    {% call statement('check_schema_exists', fetch_result=true, auto_begin=false) -%}
        select count(*) from pg_catalog.pg_namespace where nspname = '{{ schema }}'
    {%- endcall %}
    {% do return(load_result('check_schema_exists').table) %}
{% endmacro %}

{% macro list_relations_without_caching(schema_relation) %}
    {{ return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) }}
{% endmacro %}

{% macro default__list_relations_without_caching(schema_relation) %}
    {% do exceptions.raise_not_implemented('list_relations_without_caching macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro postgres__list_relations_without_caching(schema_relation) %}
    {% call statement('list_relations_without_caching', fetch_result=true) -%}
        select '{{ schema_relation.database }}' as database, rel.relname as name, space.nspname as schema,
            case rel.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
        from pg_catalog.pg_class rel
        join pg_catalog.pg_namespace space on space.oid = rel.relnamespace
        where rel.relkind in ('r', 'p', 'v', 'm') and space.nspname ilike '{{ schema_relation.schema }}'
        union all
        select distinct '{{ schema_relation.database }}', proc.proname, space.nspname, 'function'
        from pg_catalog.pg_proc proc
        join pg_catalog.pg_namespace space on space.oid = proc.pronamespace
        where space.nspname ilike '{{ schema_relation.schema }}'
    {%- endcall %}
    {% do return(load_result('list_relations_without_caching').table) %}
{% endmacro %}

{% macro list_function_relations_without_caching(schema_relation) %}
    {{ return(adapter.dispatch('list_function_relations_without_caching', 'dbt')(schema_relation)) }}
{% endmacro %}

{% macro default__list_function_relations_without_caching(schema_relation) %}
    {% do exceptions.raise_not_implemented(
        'list_function_relations_without_caching macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro get_relations() %}
    {{ return(adapter.dispatch('get_relations', 'dbt')()) }}
{% endmacro %}

{% macro default__get_relations() %}
    {% do exceptions.raise_not_implemented('get_relations macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{# Which view reads which relation, by way of its rewrite rule. #}
{% macro postgres__get_relations() %}
    {%- call statement('relations', fetch_result=true) -%}
        select distinct
            reader_space.nspname as dependent_schema, reader.relname as dependent_name,
            source_space.nspname as referenced_schema, source.relname as referenced_name
        from pg_catalog.pg_rewrite rule
        join pg_catalog.pg_class reader on reader.oid = rule.ev_class
        join pg_catalog.pg_namespace reader_space on reader_space.oid = reader.relnamespace
        join pg_catalog.pg_depend link on link.objid = rule.oid and link.classid = 'pg_catalog.pg_rewrite'::regclass
            and link.refclassid = 'pg_catalog.pg_class'::regclass and link.refobjid <> rule.ev_class
        join pg_catalog.pg_class source on source.oid = link.refobjid
        join pg_catalog.pg_namespace source_space on source_space.oid = source.relnamespace
        where source_space.nspname <> 'information_schema' and source_space.nspname not like 'pg\_%'
        order by 1, 2, 3, 4
    {%- endcall -%}
    {% do return(load_result('relations').table) %}
{% endmacro %}

{% macro postgres_get_relations() %}{% do return(postgres__get_relations()) %}{% endmacro %}

{% macro get_relation_last_modified(information_schema, relations) %}
    {{ return(adapter.dispatch('get_relation_last_modified', 'dbt')(information_schema, relations)) }}
{% endmacro %}

{% macro default__get_relation_last_modified(information_schema, relations) %}
    {% do exceptions.raise_not_implemented('get_relation_last_modified macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}
