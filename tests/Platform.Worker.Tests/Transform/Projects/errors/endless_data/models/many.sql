{{ config(tags=range(1000000000) | map('string') | list) }}
select 1 as one
