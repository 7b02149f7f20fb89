-- Closed months: what was reported, kept as it was -------------------------------------------------------------------------------------

create table meta.closed_period (
    closing_id     bigint generated always as identity primary key,
    period         date        not null check (period = date_trunc('month', period)),
    publication_id bigint      not null,
    published_at   timestamptz not null,
    closed_at      timestamptz not null,
    closed_by      text        not null,
    why            text,
    reopened_at    timestamptz,
    reopened_by    text,
    reopened_why   text,
    check ((reopened_at is null) = (reopened_by is null))
);
comment on table meta.closed_period is 'Months that an operator closed, and of which publication their results were kept. One that was reopened and closed again has two rows.';
comment on column meta.closed_period.period is 'First day of the month.';
create unique index closed_period_now on meta.closed_period (period) where reopened_at is null;

create table meta.closed_result (
    closing_id  bigint not null references meta.closed_period (closing_id),
    saved_query text   not null,
    metrics     text[] not null,
    receipt     text   not null,
    columns     jsonb  not null check (jsonb_typeof(columns) = 'array'),
    rows        jsonb  not null check (jsonb_typeof(rows) = 'array'),
    primary key (closing_id, saved_query)
);
comment on table meta.closed_result is 'The published results of saved queries for a closed month. They are added with the closing and never changed.';
comment on column meta.closed_result.metrics is 'The metrics among the columns, by which the Api decides who may read it.';
comment on column meta.closed_result.columns is 'Name, type, unit and label of each column, as the metrics API tells them.';
comment on column meta.closed_result.rows is 'Each row an array of values in the order of the columns; numbers have all their digits.';
create trigger append_only before update or delete or truncate on meta.closed_result for each statement execute function meta.append_only();

create function meta.audit_closed_period() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into meta.audit (at, who, action, subject, detail) values (
            new.closed_at, new.closed_by, 'period.close', to_char(new.period, 'YYYY-MM'),
            jsonb_strip_nulls(jsonb_build_object('closing_id', new.closing_id, 'publication_id', new.publication_id, 'why', new.why)));
    elsif new.reopened_at is not null and old.reopened_at is null then
        insert into meta.audit (at, who, action, subject, detail) values (
            new.reopened_at, new.reopened_by, 'period.reopen', to_char(new.period, 'YYYY-MM'),
            jsonb_strip_nulls(jsonb_build_object('closing_id', new.closing_id, 'why', new.reopened_why)));
    end if;
    return null;
end $$;
create trigger audit after insert or update on meta.closed_period for each row execute function meta.audit_closed_period();
