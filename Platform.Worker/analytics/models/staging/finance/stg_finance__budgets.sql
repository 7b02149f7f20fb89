select
    budget_month,
    account_code,
    amount,
    _partition,
    _line
from {{ source('finance', 'budgets') }}
