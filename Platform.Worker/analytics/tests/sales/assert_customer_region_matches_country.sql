select customers.customer_id, customers.country_code, customers.region
from {{ ref('dim_customer') }} as customers
inner join {{ ref('countries') }} as countries on customers.country_code = countries.country_code
where
    ({{ built_rows('dim_customer') }})
    and customers.region <> countries.region
