{% materialization unit, default %}
    {%- set expected_rows = config.get('expected_rows') or [] -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- set sql_header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
    {%- set tested_columns = expected_rows[0].keys() | list if expected_rows | length > 0 else get_columns_in_query(sql) -%}

    {#- The types that the model gives on its inputs, so that expected values are compared as what they are. -#}
    {%- set temp_relation = make_temp_relation(this.incorporate(type='table')) -%}
    {% do run_query(get_create_table_as_sql(true, temp_relation, get_empty_subquery_sql(sql))) %}
    {%- set types = {} -%}
    {%- set quoted = {} -%}
    {%- for column in get_columns_for_unit_tests(temp_relation) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}

    {%- if not expected_sql -%}
        {%- set expected_sql = get_expected_sql(expected_rows, types, quoted) -%}
    {%- endif -%}
    {%- set compared = [] -%}
    {%- for name in tested_columns -%}
        {%- do compared.append(quoted[name | lower]) -%}
    {%- endfor -%}
    {% call statement('main', fetch_result=true) -%}
        {{ sql_header or '' }}
        {{ get_unit_test_sql(sql, expected_sql, compared) }}
    {%- endcall %}
    {% call statement() %}drop table if exists {{ temp_relation }}{% endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}

{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {%- set columns = expected_column_names | join(', ') -%}
    {%- set origin = adapter.quote('actual_or_expected') -%}
with dbt_internal_unit_test_actual as (
    select {{ columns }}, {{ dbt.string_literal('actual') }} as {{ origin }}
    from (
{{ main_sql }}
    ) _dbt_internal_unit_test_actual
),
dbt_internal_unit_test_expected as (
    select {{ columns }}, {{ dbt.string_literal('expected') }} as {{ origin }}
    from (
{{ expected_fixture_sql }}
    ) _dbt_internal_unit_test_expected
)
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}

{# The rows of an input as SQL, cast to the types of the relation that they stand for. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set types = column_name_to_data_types or {} -%}
    {%- set quoted = {} -%}
    {%- for name in types -%}
        {%- do quoted.update({name: adapter.quote(name)}) -%}
    {%- endfor -%}
    {%- if not types -%}
        {%- set relation = defer_relation if defer_relation and not load_relation(this) else this -%}
        {%- for column in get_columns_for_unit_tests(relation) -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
            {%- do quoted.update({column.name | lower: column.quoted}) -%}
        {%- endfor -%}
        {%- if not types -%}
            {{ exceptions.raise_compiler_error(
                "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist."
                ~ " Build it first (--empty is enough), or give its rows with format: sql.") }}
        {%- endif -%}
    {%- endif -%}
    {%- set nulls = {} -%}
    {%- for name, type in types.items() -%}
        {%- do nulls.update({name: safe_cast('null', type) | trim}) -%}
    {%- endfor -%}
    {{ validate_fixture_rows(rows, none) }}
    {%- for row in rows -%}
        {%- set values = nulls.copy() -%}
        {%- do values.update(format_row(row, types)) -%}
select {% for name, value in values.items() %}{{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{{ 'union all\n' if not loop.last }}
    {%- endfor -%}
    {%- if rows | length == 0 -%}
select {% for name, value in nulls.items() %}{{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
limit 0
    {%- endif -%}
{%- endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {%- if rows | length == 0 -%}
select * from dbt_internal_unit_test_actual
limit 0
    {%- endif -%}
    {%- for row in rows -%}
select {% for name, value in format_row(row, column_name_to_data_types).items() %}{{ value }} as {{ column_name_to_quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{{ 'union all\n' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro format_row(row, column_name_to_data_types) -%}
    {%- set formatted = {} -%}
    {%- for written, value in row.items() -%}
        {%- set name = written | lower -%}
        {%- if name not in column_name_to_data_types -%}
            {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
            {{ exceptions.raise_compiler_error(
                "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture ~ ".\nAccepted columns for " ~ fixture ~ " are: "
                ~ (column_name_to_data_types.keys() | list)) }}
        {%- endif -%}
        {%- set type = column_name_to_data_types[name] -%}
        {%- if value is string -%}
            {#- A length would cut the text, and hide that the model gives another. -#}
            {%- set type = type.split('(')[0] if 'varying' in type else type -%}
            {%- set value = dbt.string_literal(dbt.escape_single_quotes(value)) -%}
        {%- elif value is none -%}
            {%- set value = 'null' -%}
        {%- endif -%}
        {%- do formatted.update({name: safe_cast(value, type)}) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro %}

{% macro validate_fixture_rows(rows, row_number) -%}
    {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}{%- endmacro %}
