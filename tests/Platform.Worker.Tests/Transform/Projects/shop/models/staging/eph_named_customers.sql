{{ config(materialized='ephemeral') }}
with upper_names as (select customer, upper(customer) as name from {{ ref('eph_customers') }})
select * from upper_names
