select id, amount from {{ source('ledger', 'entries') }}
