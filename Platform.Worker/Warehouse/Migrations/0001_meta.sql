create schema if not exists staging;
create schema if not exists candidate;
create schema if not exists analytics;

comment on schema staging is 'Reserved for rows of loads that must rest outside the fact tables.';
comment on schema candidate is 'What a build makes before it is published.';
comment on schema analytics is 'Published dimensions, facts and marts.';
comment on schema meta is 'Runs, loads, quarantine, check results and the published catalogue.';

-- Run ledger -------------------------------------------------------------------------------------------------------------------------

create table meta.pipeline_run (
    pipeline     text        not null,
    data_date    date        not null,
    state        text        not null check (state in ('queued', 'running', 'success', 'failed', 'cancelled')),
    trigger      text        not null check (trigger in ('schedule', 'catch_up', 'backfill', 'manual')),
    attempt      integer     not null default 0 check (attempt >= 0),
    requested_at timestamptz not null,
    started_at   timestamptz,
    finished_at  timestamptz,
    error_class  text,
    error        text,
    primary key (pipeline, data_date)
);
create index pipeline_run_unfinished on meta.pipeline_run (pipeline, data_date) where state in ('queued', 'running');
create index pipeline_run_by_request on meta.pipeline_run (requested_at desc);

create table meta.task_run (
    pipeline    text    not null,
    data_date   date    not null,
    task        text    not null,
    position    integer not null,
    state       text    not null
        check (state in ('pending', 'running', 'success', 'failed', 'skipped', 'upstream_failed', 'cancelled')),
    attempt     integer not null default 0 check (attempt >= 0),
    started_at  timestamptz,
    finished_at timestamptz,
    rows        bigint,
    detail      jsonb,
    error_class text,
    error       text,
    primary key (pipeline, data_date, task),
    foreign key (pipeline, data_date) references meta.pipeline_run (pipeline, data_date) on delete cascade
);

create table meta.task_attempt (
    attempt_id  bigint generated always as identity primary key,
    pipeline    text    not null,
    data_date   date    not null,
    task        text    not null,
    attempt     integer not null,
    state       text    not null,
    worker      text    not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    error_class text,
    error       text,
    detail      jsonb
);
create index task_attempt_by_task on meta.task_attempt (pipeline, data_date, task, attempt);

-- Loads and quarantine ---------------------------------------------------------------------------------------------------------------

create table meta.partition_load (
    load_id          bigint generated always as identity primary key,
    domain           text        not null,
    dataset          text        not null,
    partition        date        not null,
    file             text        not null,
    content_sha256   text        not null,
    contract_version text        not null,
    contract_sha256  text        not null,
    -- The loads that the rows' references were checked against; when one of them is replaced, this load is due again.
    reference_loads  bigint[]    not null default '{}',
    file_rows        bigint      not null,
    loaded_rows      bigint      not null,
    quarantined_rows bigint      not null,
    control_sums     jsonb       not null default '{}',
    started_at       timestamptz not null,
    loaded_at        timestamptz not null,
    current          boolean     not null,
    check (file_rows = loaded_rows + quarantined_rows)
);
comment on column meta.partition_load.control_sums is '{column: {"file", "loaded", "quarantined"}}, decimal strings.';
create unique index partition_load_current on meta.partition_load (domain, dataset, partition) where current;
create index partition_load_by_time on meta.partition_load (loaded_at desc);

create table meta.quarantine (
    quarantine_id bigint generated always as identity primary key,
    load_id       bigint  not null references meta.partition_load (load_id),
    domain        text    not null,
    dataset       text    not null,
    partition     date    not null,
    file          text    not null,
    line          integer not null,
    column_name   text,
    rule          text    not null,
    value         text,
    message       text    not null,
    raw_line      text    not null
);
create index quarantine_by_partition on meta.quarantine (domain, dataset, partition);
create index quarantine_by_load on meta.quarantine (load_id);

-- Builds and publications --------------------------------------------------------------------------------------------------------------

create table meta.invocation (
    invocation_id  uuid primary key,
    started_at     timestamptz not null,
    finished_at    timestamptz,
    success        boolean,
    data_date_from date,
    data_date_to   date,
    detail         jsonb
);
create index invocation_by_time on meta.invocation (started_at desc);

create table meta.node_result (
    invocation_id     uuid    not null references meta.invocation (invocation_id) on delete cascade,
    unique_id         text    not null,
    resource_type     text    not null,
    status            text    not null,
    execution_seconds double precision,
    rows_affected     bigint,
    failures          bigint,
    message           text,
    compiled_sha256   text,
    primary key (invocation_id, unique_id)
);

create table meta.publication (
    publication_id    bigint generated always as identity primary key,
    published_at      timestamptz not null,
    invocation_id     uuid        not null references meta.invocation (invocation_id),
    data_date_from    date,
    data_date_to      date,
    project_version   text,
    semantic_manifest jsonb       not null,
    manifest          jsonb       not null,
    is_current        boolean     not null
);
create unique index publication_current on meta.publication (is_current) where is_current;
