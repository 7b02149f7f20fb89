{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='_partition',
        indexes=[{'columns': ['_partition']}]
    )
}}

select
    lines.journal_id || '-' || lines.line_number as journal_line_id,
    lines.journal_id,
    lines.line_number,
    lines.journal_date,
    lines.source_type,
    lines.source_id,
    lines.account_code,
    accounts.account_type,
    accounts.statement_line,
    lines.description,
    lines.debit,
    lines.credit,
    (lines.debit - lines.credit) * accounts.natural_sign as amount,
    lines._partition,
    lines._line
from {{ ref('stg_finance__journal_lines') }} as lines
left join {{ ref('dim_account') }} as accounts on lines.account_code = accounts.account_code
{% if is_incremental() %}
where {{ in_build_window('lines._partition') }}
{% endif %}
