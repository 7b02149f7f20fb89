-- Rows that came with a load of a later date than their own.
create table meta.late_row (
    load_id      bigint not null references meta.partition_load (load_id),
    domain       text   not null,
    dataset      text   not null,
    partition    date   not null,
    data_date    date   not null,
    rows         bigint not null check (rows > 0),
    control_sums jsonb  not null default '{}',
    primary key (load_id, data_date),
    check (data_date < partition)
);
comment on table meta.late_row is
    'Rows of the fact table that belong to data_date and came with the load of a later partition, which counts them among its loaded rows.';
comment on column meta.late_row.control_sums is '{column: decimal string}: what they add up to.';
create index late_row_by_load on meta.late_row (domain, dataset, partition);
create index late_row_by_date on meta.late_row (domain, dataset, data_date);
