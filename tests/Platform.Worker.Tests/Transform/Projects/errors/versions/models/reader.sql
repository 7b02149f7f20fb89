select * from {{ ref('orders', v=7) }}
