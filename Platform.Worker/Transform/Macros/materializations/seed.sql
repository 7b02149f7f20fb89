{% materialization seed, default %}
    {%- set full_refresh_mode = should_full_refresh() -%}
    {%- set old_relation = adapter.get_relation(database=this.database, schema=this.schema, identifier=this.identifier) -%}
    {%- set exists_as_table = old_relation is not none and old_relation.is_table -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if old_relation is not none and not exists_as_table -%}
        {% do exceptions.raise_compiler_error("Cannot seed to '" ~ old_relation ~ "', it is a " ~ old_relation.type ~ ". Drop it, or give the seed another alias.") %}
    {%- endif -%}

    {%- set agate_table = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}

    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}

    {%- if exists_as_table -%}
        {%- set create_table_sql = reset_csv_table(model, full_refresh_mode, old_relation, agate_table) -%}
    {%- else -%}
        {%- set create_table_sql = create_csv_table(model, agate_table) -%}
    {%- endif -%}
    {% do adapter.cache_added(target_relation) %}

    {%- set code = 'CREATE' if full_refresh_mode else 'INSERT' -%}
    {%- set rows_affected = agate_table.rows | length -%}
    {%- set load_sql = load_csv_rows(model, agate_table) if rows_affected > 0 else '' -%}
    {% call noop_statement('main', code ~ ' ' ~ rows_affected, code, rows_affected) %}
        {{ get_csv_sql(create_table_sql, load_sql) }};
    {% endcall %}

    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(old_relation, full_refresh_mode)) %}
    {% do persist_docs(target_relation, model) %}
    {% if full_refresh_mode or not exists_as_table %}
        {% do create_indexes(target_relation) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro create_csv_table(model, agate_table) -%}
    {{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) %}
    {%- set configured = model.config.get('column_types') or {} -%}
    {%- set quote = model.config.get('quote_columns') -%}
    {%- set definitions = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do definitions.append(adapter.quote_seed_column(name, quote) ~ ' ' ~ configured.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
    {%- endfor -%}
    {%- set sql = 'create table ' ~ this.render() ~ ' (' ~ definitions | join(', ') ~ ')' -%}
    {% call statement('_') %}{{ sql }}{% endcall %}
    {{ return(sql) }}
{% endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {%- if full_refresh -%}
        {% do adapter.drop_relation(old_relation) %}
        {{ return(create_csv_table(model, agate_table)) }}
    {%- endif -%}
    {% do adapter.truncate_relation(old_relation) %}
    {{ return('truncate table ' ~ old_relation.render()) }}
{% endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) -%}
    {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}
{%- endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    {{ insert_sql }}
{% endmacro %}

{# What a project's own load_csv_rows may ask for; here COPY needs neither. #}
{% macro get_binding_char() -%}
    {{ adapter.dispatch('get_binding_char', 'dbt')() }}
{%- endmacro %}

{% macro default__get_binding_char() %}
    {{ return('%s') }}
{% endmacro %}

{% macro get_batch_size() -%}
    {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() %}
    {{ return(10000) }}
{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) %}
    {%- set quoted = [] -%}
    {%- for name in column_names -%}
        {%- do quoted.append(adapter.quote_seed_column(name, model.config.get('quote_columns'))) -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{% endmacro %}

{% macro load_csv_rows(model, agate_table) -%}
    {{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }}
{%- endmacro %}

{% macro default__load_csv_rows(model, agate_table) %}
    {{ return(adapter.copy_seed(this, agate_table, get_seed_column_quoted_csv(model, agate_table.column_names))) }}
{% endmacro %}
