{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        unique_key='customer_id',
        incremental_predicates=[in_build_window('valid_from')],
        indexes=[{'columns': ['customer_id']}, {'columns': ['valid_from']}]
    )
}}

-- What a customer was, and from when until when: each data date's file holds the customers that changed or ordered that day.
{{
    versions_over_time(
        ref('stg_sales__customers'),
        key='customer_id',
        version_key='customer_version_id',
        tracked='customer_name, email, segment, country_code, region, currency, payment_terms_days'
    )
}}
