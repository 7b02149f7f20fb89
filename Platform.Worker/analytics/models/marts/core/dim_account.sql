-- The chart of accounts, with the sign that turns debit minus credit into the amount a reader of statements expects.
select
    account_code,
    account_name,
    account_type,
    normal_balance,
    case when normal_balance = 'debit' then 1 else -1 end as natural_sign,
    statement_line,
    statement_order,
    budget_phasing,
    account_type in ('revenue', 'expense') as is_profit_and_loss
from {{ ref('accounts') }}
