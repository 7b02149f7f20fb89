-- Audit ------------------------------------------------------------------------------------------------------------------------------

create table meta.audit (
    audit_id bigint generated always as identity primary key,
    at       timestamptz not null,
    who      text        not null,
    action   text        not null,
    subject  text        not null,
    detail   jsonb       not null default '{}'
);
comment on table meta.audit is 'Every change that somebody made by the operator API or a verb, written in the transaction of the change.';
create trigger append_only before update or delete or truncate on meta.audit for each statement execute function meta.append_only();

create function meta.audit_quarantine() returns trigger language plpgsql as $$
begin
    insert into meta.audit (at, who, action, subject, detail)
    values (new.acted_at, new.acted_by, 'quarantine.' || new.action, 'quarantine',
        jsonb_build_object('action_id', new.action_id, 'rows', new.rows, 'why', new.why));
    return null;
end $$;
create trigger audit after insert on meta.quarantine_action for each row execute function meta.audit_quarantine();
insert into meta.audit (at, who, action, subject, detail)
select acted_at, acted_by, 'quarantine.' || action, 'quarantine', jsonb_build_object('action_id', action_id, 'rows', rows, 'why', why)
from meta.quarantine_action order by action_id;

-- Control ----------------------------------------------------------------------------------------------------------------------------

create table meta.pipeline_pause (
    pipeline  text        primary key,
    paused_at timestamptz not null,
    paused_by text        not null,
    why       text
);
comment on table meta.pipeline_pause is 'Pipelines of which no Worker begins a data date; what is queued stays queued.';

-- Backfills --------------------------------------------------------------------------------------------------------------------------

create table meta.backfill (
    backfill_id  bigint generated always as identity primary key,
    pipeline     text        not null,
    from_date    date        not null,
    to_date      date        not null,
    newest_first boolean     not null,
    parallel     integer     check (parallel > 0),
    force        boolean     not null,
    requested_at timestamptz not null,
    requested_by text        not null,
    check (from_date <= to_date)
);
comment on column meta.backfill.parallel is 'The most of its data dates that are loaded at once, by all Workers together; null for what each Worker allows.';

create table meta.backfill_date (
    backfill_id bigint not null references meta.backfill (backfill_id) on delete cascade,
    data_date   date   not null,
    pipeline    text   not null,
    state       text   check (state in ('success', 'failed', 'cancelled')),
    ended_at    timestamptz,
    primary key (backfill_id, data_date)
);
comment on column meta.backfill_date.state is 'How the date''s run ended; null while it has not.';
create index backfill_date_open on meta.backfill_date (pipeline, data_date) where state is null;

alter table meta.pipeline_run
    add column backfill_id         bigint references meta.backfill (backfill_id) on delete set null,
    add column cancel_requested_at timestamptz,
    add column cancel_requested_by text;
comment on column meta.pipeline_run.backfill_id is 'The backfill that queued it, which says its turn.';
create index pipeline_run_by_backfill on meta.pipeline_run (backfill_id) where backfill_id is not null;

-- Whichever statement ends a run.
create function meta.tell_backfills() returns trigger language plpgsql as $$
begin
    update meta.backfill_date set state = new.state, ended_at = new.finished_at
    where pipeline = new.pipeline and data_date = new.data_date and state is null;
    return null;
end $$;
create trigger tell_backfills after update of state on meta.pipeline_run for each row
    when (new.state in ('success', 'failed', 'cancelled') and new.state <> old.state)
    execute function meta.tell_backfills();

-- Attempts and their logs ------------------------------------------------------------------------------------------------------------

alter table meta.task_attempt
    add column rows         bigint,
    add column inputs       jsonb,
    add column code_version text,
    add column log_key      bigint;
comment on column meta.task_attempt.inputs is 'What the attempt worked from: content hashes, contract and model versions.';
comment on column meta.task_attempt.log_key is 'Its lines in meta.task_log; the attempts of one build on several data dates share theirs.';
create index task_attempt_by_time on meta.task_attempt (started_at);

create sequence meta.task_log_key;
create table meta.task_log (
    log_key bigint      not null,
    line    integer     not null,
    at      timestamptz not null,
    level   text        not null,
    message text        not null
) partition by range (at);
create index task_log_by_key on meta.task_log (log_key, line);
-- Months are added ahead of time; this holds what no month does.
create table meta.task_log_rest partition of meta.task_log default;

-- As fast with 100,000 runs as with one ----------------------------------------------------------------------------------------------

drop index meta.pipeline_run_by_request;
create index pipeline_run_by_request on meta.pipeline_run (pipeline, requested_at desc, data_date desc);
create index pipeline_run_without_success on meta.pipeline_run (pipeline, data_date) where state <> 'success';
create index partition_load_by_partition on meta.partition_load (partition) where current;
