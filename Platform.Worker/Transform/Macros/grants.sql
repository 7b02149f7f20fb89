{% macro copy_grants() %}
    {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{% endmacro %}

{% macro default__copy_grants() %}{% do return(true) %}{% endmacro %}

{# A relation that is swapped in starts with no grants but its owner's. #}
{% macro postgres__copy_grants() %}{% do return(false) %}{% endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() %}
    {{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}
{% endmacro %}

{% macro default__support_multiple_grantees_per_dcl_statement() %}{% do return(true) %}{% endmacro %}

{% macro should_revoke(existing_relation, full_refresh_mode=true) %}
    {% if not existing_relation %}{% do return(false) %}{% endif %}
    {% do return(copy_grants() if full_refresh_mode else true) %}
{% endmacro %}

{% macro get_show_grant_sql(relation) %}
    {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__get_show_grant_sql(relation) -%}
    show grants on {{ relation.render() }}
{%- endmacro %}

{% macro postgres__get_show_grant_sql(relation) -%}
    select grantee, privilege_type
    from {{ relation.information_schema('role_table_grants') }}
    where table_schema = '{{ relation.schema }}' and table_name = '{{ relation.identifier }}'
      and grantor = current_role and grantee <> current_role
{%- endmacro %}

{% macro get_grant_sql(relation, privilege, grantees) %}
    {{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}
{% endmacro %}

{% macro default__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro %}

{% macro get_revoke_sql(relation, privilege, grantees) %}
    {{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}
{% endmacro %}

{% macro default__get_revoke_sql(relation, privilege, grantees) -%}
    revoke {{ privilege }} on {{ relation.render() }} from {{ get_quoted_csv(grantees) }}
{%- endmacro %}

{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
    {{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}
{% endmacro %}

{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
    {% set statements = [] %}
    {% for privilege, grantees in grant_config.items() if grantees %}
        {% for some in ([grantees] if support_multiple_grantees_per_dcl_statement() else grantees | batch(1)) %}
            {% do statements.append(get_dcl_macro(relation, privilege, some)) %}
        {% endfor %}
    {% endfor %}
    {% do return(statements) %}
{% endmacro %}

{% macro call_dcl_statements(dcl_statement_list) %}
    {{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}
{% endmacro %}

{% macro default__call_dcl_statements(dcl_statement_list) %}
    {% call statement('grants') -%}
        {% for dcl_statement in dcl_statement_list %}{{ dcl_statement }};
        {% endfor %}
    {%- endcall %}
{% endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke=true) %}
    {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{% endmacro %}

{% macro default__apply_grants(relation, grant_config, should_revoke=true) %}
    {% if not grant_config %}{% do return(none) %}{% endif %}
    {% set granted = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) if should_revoke else {} %}
    {% set to_grant = diff_of_two_dicts(grant_config, granted) if should_revoke else grant_config %}
    {% set to_revoke = diff_of_two_dicts(granted, grant_config) %}
    {% set statements = get_dcl_statement_list(relation, to_revoke, get_revoke_sql)
        + get_dcl_statement_list(relation, to_grant, get_grant_sql) %}
    {% if statements %}
        {% do call_dcl_statements(statements) %}
    {% else %}
        {% do log('On ' ~ relation.render() ~ ': All grants are in place, no revocation or granting needed.') %}
    {% endif %}
{% endmacro %}
