{# Names that packages refer to when they mention Python models, which PostgreSQL has not. #}

{% macro build_ref_function(model) %}{% do raise_no_python_models() %}{% endmacro %}

{% macro build_source_function(model) %}{% do raise_no_python_models() %}{% endmacro %}

{% macro build_config_dict(model) %}{% do raise_no_python_models() %}{% endmacro %}

{% macro py_script_postfix(model) %}{% do raise_no_python_models() %}{% endmacro %}

{% macro py_script_comment() %}{% endmacro %}

{% macro raise_no_python_models() %}
    {% do exceptions.raise_compiler_error('Python models do not run in PostgreSQL. Write the model in SQL.') %}
{% endmacro %}
