-- Waiting ----------------------------------------------------------------------------------------------------------------------------

alter table meta.pipeline_run
    drop constraint pipeline_run_state_check,
    add constraint pipeline_run_state_check check (state in ('queued', 'running', 'waiting', 'success', 'failed', 'cancelled')),
    drop constraint pipeline_run_trigger_check,
    add constraint pipeline_run_trigger_check check (trigger in ('schedule', 'catch_up', 'backfill', 'manual', 'correction'));

alter table meta.task_run
    drop constraint task_run_state_check,
    add constraint task_run_state_check
        check (state in ('pending', 'waiting', 'running', 'success', 'failed', 'skipped', 'upstream_failed', 'cancelled'));

drop index meta.pipeline_run_unfinished;
create index pipeline_run_unfinished on meta.pipeline_run (pipeline, data_date) where state in ('queued', 'running', 'waiting');

create table meta.partition_arrival (
    domain    text        not null,
    data_date date        not null,
    identity  text        not null,
    seen_at   timestamptz not null,
    primary key (domain, data_date)
);
comment on table meta.partition_arrival is 'The files that the last load of a partition began with; other files that land later are a correction.';

-- Incidents --------------------------------------------------------------------------------------------------------------------------

create table meta.incident (
    incident_id bigint generated always as identity primary key,
    kind        text        not null,
    domain      text        not null,
    dataset     text,
    data_date   date,
    message     text        not null,
    opened_at   timestamptz not null,
    resolved_at timestamptz
);
comment on column meta.incident.kind is 'late_partition: not landed by its deadline; freshness: the newest loaded partition is too old.';
create unique index incident_open on meta.incident (kind, domain, dataset, data_date) nulls not distinct where resolved_at is null;
create index incident_by_time on meta.incident (opened_at desc);

-- Staleness --------------------------------------------------------------------------------------------------------------------------

create table meta.stale_date (
    mark_id   bigint generated always as identity primary key,
    domain    text        not null,
    dataset   text        not null,
    data_date date        not null,
    since     timestamptz not null,
    reason    text        not null,
    unique (data_date, domain, dataset)
);
comment on table meta.stale_date is 'Dates whose facts have changed since they were last built; the next build takes them along.';
comment on column meta.stale_date.mark_id is 'New with every mark, so that a build clears only marks that it has seen.';
