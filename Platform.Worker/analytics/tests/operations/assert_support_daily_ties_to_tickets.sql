-- Tickets opened on a day, once counted from the day's files and once from the tickets' newest states.
with mart as (

    select ticket_date, sum(tickets_opened) as tickets_opened
    from {{ ref('mart_support_daily') }}
    where {{ in_tested_window('ticket_date') }}
    group by ticket_date

),

tickets as (

    select opened_date, count(*) as tickets_opened
    from {{ ref('fct_tickets') }}
    where {{ in_tested_window('opened_date') }}
    group by opened_date

)

select mart.ticket_date, mart.tickets_opened, tickets.tickets_opened as tickets_found
from mart
left join tickets on mart.ticket_date = tickets.opened_date
where mart.tickets_opened <> coalesce(tickets.tickets_opened, 0)
