{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='product_id',
        incremental_predicates=[in_build_window('valid_from')],
        indexes=[{'columns': ['product_id']}, {'columns': ['valid_from']}]
    )
}}

-- What a product was called, listed and cost, and from when until when, from the daily catalogues.
{{
    versions_over_time(
        ref('stg_sales__products'),
        key='product_id',
        version_key='product_version_id',
        tracked='product_name, product_category, list_price, unit_cost, weight_kg'
    )
}}
