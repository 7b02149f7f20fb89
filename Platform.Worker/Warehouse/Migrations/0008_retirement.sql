create table meta.retired_partition (
    retirement_id    bigint generated always as identity primary key,
    domain           text        not null,
    dataset          text        not null,
    data_date        date        not null,
    retired_at       timestamptz not null,
    retention_days   integer     not null,
    fact_rows        bigint      not null,
    quarantined_rows bigint      not null,
    files            integer     not null
);
comment on table meta.retired_partition is 'Partitions removed because they were older than their contract''s retention: what was removed, and when.';
create index retired_partition_by_date on meta.retired_partition (domain, dataset, data_date);
