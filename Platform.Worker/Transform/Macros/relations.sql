{% macro load_cached_relation(relation) %}
    {% do return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) %}
{% endmacro %}

{% macro load_relation(relation) %}{% do return(load_cached_relation(relation)) %}{% endmacro %}

{% macro get_or_create_relation(database, schema, identifier, type) %}
    {{ return(adapter.dispatch('get_or_create_relation', 'dbt')(database, schema, identifier, type)) }}
{% endmacro %}

{% macro default__get_or_create_relation(database, schema, identifier, type) %}
    {% set existing = adapter.get_relation(database=database, schema=schema, identifier=identifier) %}
    {% if existing %}
        {% do return([true, existing]) %}
    {% endif %}
    {% do return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) %}
{% endmacro %}

{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') %}
    {{ return(adapter.dispatch('make_intermediate_relation', 'dbt')(base_relation, suffix)) }}
{% endmacro %}

{% macro default__make_intermediate_relation(base_relation, suffix) %}
    {% do return(default__make_temp_relation(base_relation, suffix)) %}
{% endmacro %}

{% macro postgres__make_intermediate_relation(base_relation, suffix) %}
    {% do return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=false)) %}
{% endmacro %}

{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') %}
    {{ return(adapter.dispatch('make_backup_relation', 'dbt')(base_relation, backup_relation_type, suffix)) }}
{% endmacro %}

{% macro default__make_backup_relation(base_relation, backup_relation_type, suffix) %}
    {% do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix}, type=backup_relation_type)) %}
{% endmacro %}

{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) %}
    {% do return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=false).incorporate(type=backup_relation_type)) %}
{% endmacro %}

{# Batches of one microbatch model may run side by side, so each has its own temporary table. #}
{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') %}
    {% if suffix == '__dbt_tmp' and model.batch %}
        {% set suffix = suffix ~ '_' ~ model.batch.id %}
    {% endif %}
    {{ return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) }}
{% endmacro %}

{% macro default__make_temp_relation(base_relation, suffix) %}
    {% do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) %}
{% endmacro %}

{# A temporary table is in a schema of the session's own. #}
{% macro postgres__make_temp_relation(base_relation, suffix) %}
    {% set suffixed = postgres__make_relation_with_suffix(base_relation, suffix, dstring=true) %}
    {% do return(suffixed.incorporate(path={'schema': none, 'database': none})) %}
{% endmacro %}

{# PostgreSQL cuts names at 63 bytes, so the base name gives way to the suffix. #}
{% macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) %}
    {% set suffix = suffix ~ (modules.datetime.datetime.now().strftime('%H%M%S%f') if dstring else '') %}
    {% set longest = base_relation.relation_max_name_length() %}
    {% if suffix | length > longest %}
        {% do exceptions.raise_compiler_error(
            'Relation suffix is too long (' ~ (suffix | length) ~ ' characters). Maximum length is ' ~ longest ~ ' characters.') %}
    {% endif %}
    {% do return(base_relation.incorporate(path={'identifier': base_relation.identifier[:longest - (suffix | length)] ~ suffix})) %}
{% endmacro %}

{% macro truncate_relation(relation) %}
    {{ return(adapter.dispatch('truncate_relation', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__truncate_relation(relation) %}
    {% call statement('truncate_relation') -%}
        truncate table {{ relation.render() }}
    {%- endcall %}
{% endmacro %}

{% macro drop_relation(relation) %}
    {{ return(adapter.dispatch('drop_relation', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__drop_relation(relation) %}
    {% call statement('drop_relation', auto_begin=false) -%}
        {{ get_drop_sql(relation) }}
    {%- endcall %}
{% endmacro %}

{% macro drop_relation_if_exists(relation) %}
    {% if relation is not none %}{% do adapter.drop_relation(relation) %}{% endif %}
{% endmacro %}

{# Held until the commit: of two builds of one table the second goes on from what the first has written, and no row goes in twice. #}
{% macro lock_for_writing(relation) %}
    {% if relation.is_table %}
        {% call statement('lock_for_writing') -%}
            lock table {{ relation.render() }} in share row exclusive mode
        {%- endcall %}
    {% endif %}
{% endmacro %}

{% macro rename_relation(from_relation, to_relation) %}
    {{ return(adapter.dispatch('rename_relation', 'dbt')(from_relation, to_relation)) }}
{% endmacro %}

{# ALTER TABLE renames views, too. #}
{% macro default__rename_relation(from_relation, to_relation) %}
    {% call statement('rename_relation') -%}
        alter table {{ from_relation.render() }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
    {%- endcall %}
{% endmacro %}

{% macro create_schema(relation) %}
    {{ adapter.dispatch('create_schema', 'dbt')(relation) }}
{% endmacro %}

{% macro default__create_schema(relation) %}
    {% call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier() }}
    {%- endcall %}
{% endmacro %}

{% macro postgres__create_schema(relation) %}
    {% if relation.database %}{% do adapter.verify_database(relation.database) %}{% endif %}
    {% call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier().include(database=false) }}
    {%- endcall %}
{% endmacro %}

{% macro drop_schema(relation) %}
    {{ adapter.dispatch('drop_schema', 'dbt')(relation) }}
{% endmacro %}

{% macro default__drop_schema(relation) %}
    {% call statement('drop_schema') -%}
        drop schema if exists {{ relation.without_identifier() }} cascade
    {%- endcall %}
{% endmacro %}

{% macro postgres__drop_schema(relation) %}
    {% if relation.database %}{% do adapter.verify_database(relation.database) %}{% endif %}
    {% call statement('drop_schema') -%}
        drop schema if exists {{ relation.without_identifier().include(database=false) }} cascade
    {%- endcall %}
{% endmacro %}

{% macro drop_schema_named(schema_name) %}
    {{ return(adapter.dispatch('drop_schema_named', 'dbt')(schema_name)) }}
{% endmacro %}

{% macro default__drop_schema_named(schema_name) %}
    {% do adapter.drop_schema(api.Relation.create(schema=schema_name)) %}
{% endmacro %}
