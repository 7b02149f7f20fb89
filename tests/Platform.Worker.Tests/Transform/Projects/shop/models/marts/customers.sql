{{ config(indexes=[{'columns': ['customer'], 'unique': true}], post_hook="comment on table {{ this }} is 'hooked'") }}
with totals as (
    select customer, sum(amount_cents) as amount_cents from {{ ref('stg_orders') }} group by customer
)
select named.customer, named.name, totals.amount_cents, '{{ var("currency") }}' as currency
from {{ ref('eph_named_customers') }} as named
join totals using (customer)
