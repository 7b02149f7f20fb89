{#
  Incremental strategy replace_window: every row that incremental_predicates hold for is replaced by what the model gives. A day without rows
  therefore loses its old ones, which delete+insert would keep: it deletes the keys of the new rows. The model has to give all rows of the
  window and no other; with a unique_key it may give others, which take the place of the rows of their key. These are looked up by the key's index,
  which has to be there: an array of keys is, where a join may read the table.
#}
{% macro get_incremental_replace_window_sql(arguments) %}
    {%- set columns = get_quoted_csv(arguments.dest_columns | map(attribute='name')) -%}
    delete from {{ arguments.target_relation }} where {{ replaced_window(arguments.incremental_predicates) }};
    {% if arguments.unique_key -%}
    delete from {{ arguments.target_relation }}
    where {{ arguments.unique_key }} = any (array(select distinct {{ arguments.unique_key }} from {{ arguments.temp_relation }}));
    {% endif -%}
    insert into {{ arguments.target_relation }} ({{ columns }}) select {{ columns }} from {{ arguments.temp_relation }}
{% endmacro %}

{# What the table will hold, for the candidate that stands in for it until it is published. #}
{% macro get_incremental_replace_window_view_sql(arguments) %}
    {%- set columns = get_quoted_csv(arguments.dest_columns | map(attribute='name')) -%}
select {{ columns }} from {{ arguments.target_relation }} as kept
where
    ({{ replaced_window(arguments.incremental_predicates) }}) is not true
    {%- if arguments.unique_key %}
    and not exists (
        select from {{ arguments.temp_relation }} as replacing where replacing.{{ arguments.unique_key }} = kept.{{ arguments.unique_key }}
    )
    {%- endif %}
union all
select {{ columns }} from {{ arguments.temp_relation }}
{% endmacro %}

{% macro replaced_window(predicates) -%}
    {%- if not predicates -%}
        {%- do exceptions.raise_compiler_error("replace_window needs the config incremental_predicates: which rows the model replaces") -%}
    {%- endif -%}
    ({{ predicates | join(') and (') }})
{%- endmacro %}
