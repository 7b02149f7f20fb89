select 1 as one,
       (select count(*) from {{ source('shop', 'orders') }}) as orders
