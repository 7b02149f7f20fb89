-- Whoever gives work away says why.
select job_id
from {{ ref('fct_repairs') }}
where amount_eur = 0 and note is null
