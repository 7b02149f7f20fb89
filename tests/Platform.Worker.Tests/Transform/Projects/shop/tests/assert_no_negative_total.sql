select * from {{ ref('eph_customers') }} join {{ ref('customers') }} using (customer) where amount_cents < 0
