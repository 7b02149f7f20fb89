-- Incidents of a pipeline, which grow worse ------------------------------------------------------------------------------------------

alter table meta.incident
    alter column domain drop not null,
    add column pipeline text,
    add column severity text not null default 'error' check (severity in ('warning', 'error'));
comment on column meta.incident.kind is
    'late_partition: not landed by its deadline; freshness: the newest loaded partition is too old; deadline: a run is not published by its deadline, or will not be.';
comment on column meta.incident.severity is 'warning: it is going to happen; error: it has happened.';
drop index meta.incident_open;
create unique index incident_open on meta.incident (kind, pipeline, domain, dataset, data_date) nulls not distinct where resolved_at is null;

-- Deadlines --------------------------------------------------------------------------------------------------------------------------

create table meta.deadline (
    pipeline    text        not null,
    data_date   date        not null,
    ready_by    timestamptz not null,
    forecast_at timestamptz,
    ready_at    timestamptz,
    state       text        not null check (state in ('on_track', 'at_risk', 'missed', 'ready', 'ready_late')),
    primary key (pipeline, data_date)
);
comment on table meta.deadline is 'By when each data date of a pipeline is to be published, and when it was, the first time.';
comment on column meta.deadline.forecast_at is 'When it will be published, as last forecast; null while there is no past to tell from, or its run has failed.';
create index deadline_open on meta.deadline (pipeline, data_date) where ready_at is null;

-- Whichever statement ends the run; a run of the date that follows changes nothing about when it was ready.
create function meta.tell_deadline() returns trigger language plpgsql as $$
begin
    update meta.deadline
    set ready_at = new.finished_at, state = case when new.finished_at <= ready_by then 'ready' else 'ready_late' end
    where pipeline = new.pipeline and data_date = new.data_date and ready_at is null;
    return null;
end $$;
create trigger tell_deadline after update of state on meta.pipeline_run for each row
    when (new.state = 'success' and old.state <> 'success')
    execute function meta.tell_deadline();

-- Alerts -----------------------------------------------------------------------------------------------------------------------------

create table meta.alert (
    alert_id      bigint generated always as identity primary key,
    at            timestamptz not null,
    event         text        not null check (event in ('incident_opened', 'incident_worsened', 'incident_resolved', 'run_failed', 'test')),
    key           text        not null,
    severity      text        not null check (severity in ('info', 'warning', 'error')),
    kind          text        not null,
    pipeline      text,
    domain        text,
    dataset       text,
    data_date     date,
    message       text        not null,
    incident_id   bigint      references meta.incident (incident_id) on delete cascade,
    dispatched_at timestamptz
);
comment on table meta.alert is 'What receivers are told: written in the transaction in which it happens, by triggers.';
comment on column meta.alert.key is 'What is the same again within a while is not sent again.';
comment on column meta.alert.kind is 'The incident''s kind; of a failed run the class of its error.';
create index alert_to_dispatch on meta.alert (alert_id) where dispatched_at is null;
create index alert_by_time on meta.alert (at);
create index alert_by_incident on meta.alert (incident_id) where incident_id is not null;

create table meta.alert_delivery (
    alert_id   bigint      not null references meta.alert (alert_id) on delete cascade,
    receiver   text        not null,
    key        text        not null,
    state      text        not null check (state in ('pending', 'sent', 'failed', 'suppressed')),
    attempts   integer     not null default 0,
    next_at    timestamptz not null,
    ended_at   timestamptz,
    last_error text,
    primary key (alert_id, receiver)
);
comment on table meta.alert_delivery is 'One alert for one receiver. A pending one is whose turn is after next_at; who takes it moves that on, so that no other does.';
create index alert_delivery_pending on meta.alert_delivery (receiver, alert_id) where state = 'pending';
create index alert_delivery_by_key on meta.alert_delivery (receiver, key);

create function meta.alert_of_incident() returns trigger language plpgsql as $$
declare
    event text := case when tg_op = 'INSERT' then 'incident_opened' when new.resolved_at is not null then 'incident_resolved' else 'incident_worsened' end;
begin
    insert into meta.alert (at, event, key, severity, kind, pipeline, domain, dataset, data_date, message, incident_id)
    values (
        coalesce(new.resolved_at, case when tg_op = 'INSERT' then new.opened_at else clock_timestamp() end), event,
        concat_ws('/', event, new.kind, coalesce(new.pipeline, ''), coalesce(new.domain, ''), coalesce(new.dataset, ''), coalesce(new.data_date::text, '')),
        case when event = 'incident_resolved' then 'info' else new.severity end,
        new.kind, new.pipeline, new.domain, new.dataset, new.data_date, new.message, new.incident_id);
    return null;
end $$;
create trigger alert_opened after insert on meta.incident for each row execute function meta.alert_of_incident();
create trigger alert_resolved after update of resolved_at on meta.incident for each row
    when (old.resolved_at is null and new.resolved_at is not null)
    execute function meta.alert_of_incident();
create trigger alert_worsened after update of severity on meta.incident for each row
    when (old.severity = 'warning' and new.severity = 'error' and new.resolved_at is null)
    execute function meta.alert_of_incident();

create function meta.alert_of_run() returns trigger language plpgsql as $$
begin
    insert into meta.alert (at, event, key, severity, kind, pipeline, data_date, message)
    values (
        coalesce(new.finished_at, clock_timestamp()), 'run_failed',
        concat_ws('/', 'run_failed', new.pipeline, new.data_date::text, md5(coalesce(new.error, ''))),
        'error', coalesce(new.error_class, 'unexpected'), new.pipeline, new.data_date, coalesce(new.error, 'no reason is known'));
    return null;
end $$;
create trigger alert_failed after update of state on meta.pipeline_run for each row
    when (new.state = 'failed' and old.state <> 'failed')
    execute function meta.alert_of_run();
