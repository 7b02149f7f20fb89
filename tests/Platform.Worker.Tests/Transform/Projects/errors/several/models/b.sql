select * from {{ source('no', 'source') }}
