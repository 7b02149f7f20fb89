{{
    config(
        materialized='incremental',
        incremental_strategy='replace_window',
        incremental_predicates=[in_build_window('ledger_date')],
        indexes=[{'columns': ['ledger_date']}]
    )
}}

select
    journal_date as ledger_date,
    account_code,
    account_type,
    statement_line,
    count(*) as line_count,
    sum(debit) as debit,
    sum(credit) as credit,
    sum(amount) as amount
from {{ ref('fct_journal_lines') }}
{% if is_incremental() %}
where {{ in_build_window('_partition') }}
{% endif %}
group by journal_date, account_code, account_type, statement_line
