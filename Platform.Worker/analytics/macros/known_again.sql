{#
  Rows that a build makes again of what is known of them: those of the model whose keys the call's query gives, but for the rows of the build's own
  days. Each is looked up by its index (offset 0): a join may read all that there is.

  key: column of the model and of the query; date_column: the day that a row belongs to; columns: comma-separated.
#}
{% macro known_again(key, date_column, columns) -%}
    select {{ prefixed('known', columns) }}
    from (
        {{ caller() }}
    ) as touched
    cross join lateral (select * from {{ this }} as all_rows where all_rows.{{ key }} = touched.{{ key }} offset 0) as known
    where not {{ in_build_window('known.' ~ date_column) }}
{%- endmacro %}
