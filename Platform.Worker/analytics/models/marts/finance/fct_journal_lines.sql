{{
    config(
        materialized='incremental',
        incremental_strategy='microbatch',
        unique_key='journal_line_id',
        event_time='_partition',
        batch_size='day',
        begin='2024-01-01',
        meta={'first_build': 'one_batch'},
        indexes=[{'columns': ['_partition']}, {'columns': ['journal_line_id']}]
    )
}}

with lines as (

    select * from {{ ref('stg_finance__journal_lines') }}

)

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
from lines
left join {{ ref('dim_account') }} as accounts on lines.account_code = accounts.account_code
