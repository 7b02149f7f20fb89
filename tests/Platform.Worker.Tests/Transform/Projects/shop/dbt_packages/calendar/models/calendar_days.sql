select day::date as day from generate_series('2026-01-01'::date, '2026-01-03', '1 day') as day
