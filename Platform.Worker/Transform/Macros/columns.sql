{% macro get_columns_in_relation(relation) %}
    {{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__get_columns_in_relation(relation) %}
    {% do exceptions.raise_not_implemented('get_columns_in_relation macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro postgres__get_columns_in_relation(relation) %}
    {% do return(adapter.get_columns_in_relation(relation)) %}
{% endmacro %}

{% macro sql_convert_columns_in_relation(table) %}
    {% set columns = [] %}
    {% for row in table %}{% do columns.append(api.Column(*row)) %}{% endfor %}
    {% do return(columns) %}
{% endmacro %}

{% macro get_columns_for_unit_tests(relation) %}
    {{ return(adapter.dispatch('get_columns_for_unit_tests', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__get_columns_for_unit_tests(relation) %}
    {% do return(adapter.get_columns_in_relation(relation) + adapter.get_pseudocolumns_for_relation(relation)) %}
{% endmacro %}

{% macro get_list_of_column_names(columns) %}
    {% do return(columns | map(attribute='name') | list) %}
{% endmacro %}

{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}
{%- endmacro %}

{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {{ select_sql_header if select_sql_header is not none }}
select * from (
{{ select_sql }}
) as __dbt_sbq
where false
limit 0
{%- endmacro %}

{% macro get_empty_schema_sql(columns) -%}
    {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}

{% macro default__get_empty_schema_sql(columns) -%}
    {%- set untyped = columns.values() | rejectattr('data_type') | map(attribute='name') | list -%}
    {%- if untyped -%}
        {% do exceptions.column_type_missing(column_names=untyped) %}
    {%- endif -%}
    {%- set unscaled = [] -%}
    select
    {%- for column in columns.values() -%}
        {%- if column['data_type'].strip() | lower in ['numeric', 'decimal', 'number'] -%}
            {%- do unscaled.append(column['name']) -%}
        {%- endif %}
        {{ cast('null', column['data_type']) }} as {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}
        {{- ',' if not loop.last }}
    {%- endfor -%}
    {%- if unscaled -%}
        {% do exceptions.warn(
            'Detected columns with numeric type and unspecified precision/scale, this can lead to unintended rounding: ' ~ unscaled) %}
    {%- endif -%}
{%- endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) %}
    {% do return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) %}
{% endmacro %}

{% macro get_columns_in_query(select_sql) %}
    {{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}
{% endmacro %}

{% macro default__get_columns_in_query(select_sql) %}
    {% call statement('get_columns_in_query', fetch_result=true, auto_begin=false) -%}
        {{ get_empty_subquery_sql(select_sql) }}
    {%- endcall %}
    {% do return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) %}
{% endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) %}
    {{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}
{% endmacro %}

{# The column is copied, so that any change of type is possible which an assignment allows; views on it go. #}
{% macro default__alter_column_type(relation, column_name, new_column_type) %}
    {%- set old, new = adapter.quote(column_name), adapter.quote(column_name ~ '__dbt_alter') -%}
    {% call statement('alter_column_type') -%}
        alter table {{ relation.render() }} add column {{ new }} {{ new_column_type }};
        update {{ relation.render() }} set {{ new }} = {{ old }};
        alter table {{ relation.render() }} drop column {{ old }} cascade;
        alter table {{ relation.render() }} rename column {{ new }} to {{ old }}
    {%- endcall %}
{% endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) %}
    {{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}
{% endmacro %}

{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
    {% set actions = [] %}
    {% for column in add_columns or [] %}
        {% do actions.append('add column ' ~ column.quoted ~ ' ' ~ column.expanded_data_type) %}
    {% endfor %}
    {% for column in remove_columns or [] %}
        {% do actions.append('drop column ' ~ column.quoted) %}
    {% endfor %}
    {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation.render() ~ ' ' ~ (actions | join(', '))) %}
{% endmacro %}

{% macro get_quoted_csv(column_names) %}
    {% set quoted = [] %}
    {% for name in column_names %}{% do quoted.append(adapter.quote(name)) %}{% endfor %}
    {% do return(quoted | join(', ')) %}
{% endmacro %}

{% macro diff_columns(source_columns, target_columns) %}
    {% set known = target_columns | map(attribute='column') | list %}
    {% do return(source_columns | rejectattr('name', 'in', known) | list) %}
{% endmacro %}

{% macro diff_column_data_types(source_columns, target_columns) %}
    {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{% endmacro %}

{% macro default__diff_column_data_types(source_columns, target_columns) %}
    {% set changes = [] %}
    {% for source in source_columns %}
        {% for target in target_columns | selectattr('name', 'equalto', source.name) %}
            {% if loop.first and source.expanded_data_type != target.expanded_data_type and not source.can_expand_to(other_column=target) %}
                {% do changes.append({'column_name': target.name, 'new_type': source.expanded_data_type}) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% do return(changes) %}
{% endmacro %}
