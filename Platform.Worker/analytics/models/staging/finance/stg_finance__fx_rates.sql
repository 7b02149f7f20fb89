select
    rate_date,
    currency,
    rate_to_eur,
    _partition,
    _line
from {{ source('finance', 'fx_rates') }}
