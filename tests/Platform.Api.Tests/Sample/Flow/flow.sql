-- A small world with what the sample business does not have: visits that become purchases, hours, a fiscal calendar, partitions, keys of several
-- columns, and a way of three joins. Every value follows from its number, so that SQL written by hand can be checked by hand.
create table analytics.time_days as
select day::date as ds,
       'FQ' || (extract(month from day)::int + 1) / 3 as fiscal_quarter,
       case when extract(month from day) >= 2 then extract(year from day)::int + 1 else extract(year from day)::int end as fiscal_year,
       ((day::date - date '2025-12-01') / 10) as decade
from generate_series(date '2025-12-01', date '2026-04-30', interval '1 day') as day;
create table analytics.time_hours as
select hour as ts from generate_series(timestamp '2025-12-01', timestamp '2026-04-30 23:00', interval '1 hour') as hour;

create table analytics.dim_sectors (sector_id integer primary key, sector_name text not null);
insert into analytics.dim_sectors values (1, 'energy'), (2, 'retail');
create table analytics.dim_companies (company_id integer primary key, company_name text not null, sector_id integer);
insert into analytics.dim_companies values (1, 'Acme', 1), (2, 'Bolt', 2), (3, 'Core', null);
create table analytics.dim_users (user_id integer primary key, country text, company_id integer, is_active boolean not null, joined_on date not null);
insert into analytics.dim_users
select n, (array['DE', 'FR', 'IT', null])[n % 4 + 1], n % 5 + 1, n % 3 <> 0, date '2025-12-05' + n from generate_series(1, 20) as n;

create table analytics.fct_visits (visit_id integer primary key, user_id integer, referrer text, device text not null, visited_at timestamptz not null);
insert into analytics.fct_visits
select n, case when n % 13 = 0 then null else n % 23 + 1 end, (array['ad', 'mail', 'search'])[n % 3 + 1], (array['phone', 'desk'])[n % 2 + 1],
       timestamptz '2026-01-01 00:30Z' + n * interval '173 minutes'
from generate_series(0, 299) as n;
create table analytics.fct_buys (buy_id integer primary key, user_id integer, device text not null, amount numeric(12, 2) not null, bought_on date not null);
insert into analytics.fct_buys
select n, n % 23 + 1, (array['phone', 'desk'])[n % 2 + 1], (n % 7 + 1) * 3.50, date '2026-01-02' + n / 2 from generate_series(0, 79) as n;

-- The plan of a user on a day: one row for each user and day, partitioned by day on both sides.
create table analytics.fct_usage (user_id integer not null, ds date not null, minutes integer, primary key (user_id, ds));
insert into analytics.fct_usage select u, date '2026-01-01' + d, case when (u + d) % 6 = 0 then null else u * d % 37 end from generate_series(1, 6) as u, generate_series(0, 40) as d;
create table analytics.user_plans (user_id integer not null, ds date not null, plan text not null, primary key (user_id, ds));
insert into analytics.user_plans
select u, date '2026-01-01' + d, case when d < u * 5 then 'free' else 'paid' end from generate_series(1, 5) as u, generate_series(0, 40) as d where (u + d) % 9 <> 0;

-- Keys of two columns, by expression.
create table analytics.fct_seats (theatre text not null, seat integer not null, sold_on date not null, price double precision not null, is_balcony boolean);
insert into analytics.fct_seats
select (array['north', 'south'])[n % 2 + 1], n % 10, date '2026-01-01' + n / 4, n % 11 + 0.25, case when n % 5 = 0 then null else n % 3 = 0 end from generate_series(0, 119) as n;
create table analytics.dim_seats (theatre text not null, seat integer not null, kind text not null, primary key (theatre, seat));
insert into analytics.dim_seats select t, s, case when s < 4 then 'front' else 'back' end from unnest('{north,south}'::text[]) as t, generate_series(0, 8) as s;
